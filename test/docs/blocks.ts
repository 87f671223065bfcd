/** A piece of code in a page, and what the page says that it prints. */
export interface Block {
  /** The line of the page on which the code begins. */
  readonly line: number
  readonly code: string
  /** The text of a block `text` right below; `undefined` where there is none. */
  readonly output: string | undefined
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm

/** The TypeScript of a page: every block `ts` is a whole program. */
export function blocksOf(page: string): Block[] {
  const fences = [...page.matchAll(FENCE)].map(({ index, 0: whole, 1: language, 2: text }) => ({
    index,
    end: index + whole.length,
    language,
    text: text!,
  }))
  return fences.flatMap((fence, i) => {
    if (fence.language !== 'ts') return []
    const next = fences[i + 1]
    const isOutput = next?.language === 'text' && page.slice(fence.end, next.index).trim() === ''
    const line = page.slice(0, fence.index).split('\n').length + 1
    return [{ line, code: fence.text, output: isOutput ? next.text : undefined }]
  })
}

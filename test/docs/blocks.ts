/** A piece of code in a page, and what the page says that it prints. */
export interface Block {
  /** The line of the page on which the code begins. */
  readonly line: number
  readonly language: string
  readonly code: string
  /** Where its first line is a comment that is a file name, as `// crawl.js`, it is that file, for those below. */
  readonly file: string | undefined
  /** The text of a block `text` right below; `undefined` where there is none. */
  readonly output: string | undefined
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm
const NAMED = /^(?:\/\/|#) ([\w./-]+\.\w+)\n/
const RUN = ['ts', 'js', 'sh']

/** All that a page has to run, from its top to its end. */
export function blocksOf(page: string): Block[] {
  const fences = [...page.matchAll(FENCE)].map(({ index, 0: whole, 1: language, 2: text }) => ({
    index,
    end: index + whole.length,
    language: language!,
    text: text!,
  }))
  return fences.flatMap((fence, i) => {
    const file = NAMED.exec(fence.text)?.[1]
    if (!RUN.includes(fence.language) && file === undefined) return []
    const next = fences[i + 1]
    const isOutput = next?.language === 'text' && page.slice(fence.end, next.index).trim() === ''
    const line = page.slice(0, fence.index).split('\n').length + 1
    return [
      {
        line,
        language: fence.language,
        code: fence.text,
        file,
        output: isOutput ? next.text : undefined,
      },
    ]
  })
}

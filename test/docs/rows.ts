/** A row of a table: what one knows, and what is written here instead. */
export interface Row {
  readonly line: number
  readonly known: string
  /** The code of the second column; empty where that is prose. */
  readonly code: string
}

export function rowsOf(page: string): Row[] {
  return page.split('\n').flatMap((text, i, lines) => {
    const cells = cellsOf(text)
    const isHead = cellsOf(lines[i + 1] ?? '')?.[0]?.startsWith('--')
    if (cells === undefined || isHead || cells[0]!.startsWith('--')) return []
    const code = [...cells[1]!.matchAll(/`([^`]+)`/g)].map(match => match[1]).join('\n')
    return [{ line: i + 1, known: cells[0]!.replaceAll('`', ''), code }]
  })
}

function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith('|')) return undefined
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim().replaceAll('\\|', '|'))
}

/** What is to hold of each row, and what stands before all of them. */
export function checksOf(file: string): { given: string; checks: Map<string, string> } {
  const [head, ...sections] = file.split(/^## /m)
  const codeOf = (section: string) => /^```ts\n([\s\S]*?)^```$/m.exec(section)?.[1] ?? ''
  return {
    given: codeOf(head!),
    checks: new Map(sections.map(section => [section.split('\n', 1)[0]!.trim(), codeOf(section)])),
  }
}

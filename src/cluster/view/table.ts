/** A column: its head, and whether its figures stand at the right. */
export interface Column {
  readonly head: string
  readonly isFigure?: boolean
  /** It gives way where there is no room for all. */
  readonly isElastic?: boolean
}

const GAP = 2
/** An elastic column keeps so many letters. */
const NARROWEST = 8

/** Rows under their heads, as wide as what stands in them, and no wider than so many columns of a terminal. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const widths = columns.map(({ head }, at) => Math.max(head.length, ...rows.map(row => row[at]!.length)))
  let over = widths.reduce((sum, one) => sum + one + GAP, -GAP) - width
  columns.forEach(({ isElastic }, at) => {
    if (!isElastic || over <= 0) return
    const less = Math.min(over, Math.max(0, widths[at]! - NARROWEST))
    widths[at]! -= less
    over -= less
  })
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const text = shortened(cell, widths[at]!)
        return columns[at]!.isFigure ? text.padStart(widths[at]!) : text.padEnd(widths[at]!)
      })
      .join(' '.repeat(GAP))
      .trimEnd()
      .slice(0, width)
  return [line(columns.map(({ head }) => head)), ...rows.map(line)]
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

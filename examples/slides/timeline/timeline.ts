import { type Co, co, now } from 'omakase'

const MS_PER_COLUMN = 10

interface Span {
  readonly row: string
  readonly from: number
  readonly to: number
}

/** What ran when, as text: a row for each name, a column for each 10 ms. */
export class Timeline {
  private readonly start = now()
  private readonly spans: Span[] = []

  /** Runs the body, and remembers from when to when. */
  readonly span = co(function* <T>(this: Timeline, row: string, body: Co<T>): Generator<any, T> {
    const from = now()
    try {
      return yield* body
    } finally {
      this.spans.push({ row, from, to: now() })
    }
  })

  toString(): string {
    const spans = this.spans.toSorted((a, b) => a.row.localeCompare(b.row) || a.from - b.from)
    const width = Math.max(...spans.map(({ row }) => row.length))
    const rows = spans.map(({ row, from, to }) => {
      const [first, last] = [this.column(from), this.column(to)]
      return `${row.padEnd(width)} |${' '.repeat(first)}${'█'.repeat(last - first)}`
    })
    return [...rows, `${' '.repeat(width)} ${this.column(now()) * MS_PER_COLUMN} ms`].join('\n')
  }

  private column(at: number): number {
    return Math.round((at - this.start) / MS_PER_COLUMN)
  }
}

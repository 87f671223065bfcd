const KEPT = 20
/** Of an input so many letters are kept. */
const LETTERS = 200

export interface Slow {
  readonly index: number
  readonly input: string
  readonly ms: number
}

/** The items that took longest, the slowest first. */
export class Slowest {
  list: Slow[] = []
  private least = 0

  add(index: number, input: unknown, ms: number): void {
    if (ms <= this.least && this.list.length >= KEPT) return
    const at = this.list.findIndex(slow => slow.ms < ms)
    this.list.splice(at < 0 ? this.list.length : at, 0, { index, input: shortened(input), ms })
    this.list.length = Math.min(KEPT, this.list.length)
    this.least = this.list.at(-1)!.ms
  }
}

function shortened(input: unknown): string {
  const text = typeof input === 'string' ? input.slice(0, LETTERS + 1) : written(input)
  return text.length > LETTERS ? `${text.slice(0, LETTERS)}…` : text
}

function written(input: unknown): string {
  if (ArrayBuffer.isView(input)) return `${input.byteLength} bytes`
  try {
    return JSON.stringify(input) ?? String(input)
  } catch {
    return String(input)
  }
}

import { type CsvError, parse } from 'csv-parse/sync'
import { BadUsage } from '../../workers/bad-usage.js'
import type { Add, Format } from './format.js'
import { withoutCr } from './format.js'
import { InputError } from './input-error.js'
import type { Block } from './lines.js'
import { place } from './lines.js'

/** One row: the lines it covers and its text. */
interface Row {
  readonly from: number
  readonly to: number
  readonly text: string
}

// A field may hold line ends; beyond this a quote that stays open is taken for a mistake in its line.
const LONGEST_OPEN = 8_000_000

/**
 * CSV with a header; each row is an object.
 *
 * What is one row is found here, by its quotes, and csv-parse reads the fields of many rows at once. A row that it
 * refuses fails with its first line alone: what a stray quote swallowed is read again, so that good rows go on.
 */
export class Csv implements Format {
  readonly #name: string
  readonly #add: Add
  #columns: readonly string[] | undefined
  // Lines not yet used up: at the end of a block those of a row whose quote is still open.
  #lines: string[] = []
  #first = 1
  #bad = new Map<number, InputError>()

  constructor(name: string, add: Add) {
    this.#name = name
    this.#add = add
  }

  take(block: Block): void {
    if (this.#lines.length === 0) this.#first = block.first
    for (const text of block.texts) this.#lines.push(text)
    for (const [number, error] of block.bad) this.#bad.set(number, error)
    this.#read(false)
  }

  end(): void {
    this.#read(true)
  }

  #read(last: boolean): void {
    let at = 0
    let together = true
    while (at < this.#lines.length) {
      if (together && this.#columns) {
        together = false
        at = this.#many(at)
        continue
      }
      if (withoutCr(this.#lines[at]!) === '') {
        at++
        continue
      }
      const row = this.#row(at)
      if (!row && !last && this.#size(at) < LONGEST_OPEN) break
      at = row ? this.#one(row) : this.#unclosed(at)
    }
    this.#lines.splice(0, at)
    this.#first += at
    if (this.#lines.length === 0) this.#bad.clear()
  }

  /** All whole rows in one go, where nothing is wrong with any; gives the line that comes then. */
  #many(from: number): number {
    if (this.#bad.size > 0) return from
    const rows: Row[] = []
    let at = from
    while (at < this.#lines.length) {
      const row = this.#row(at)
      if (!row) break
      if (withoutCr(row.text) !== '') rows.push(row)
      at = row.to
    }
    if (rows.length === 0) return at
    let records: string[][]
    try {
      records = fields(rows.map(row => row.text).join('\n'))
    } catch {
      return from
    }
    if (records.length !== rows.length) return from
    for (let i = 0; i < rows.length; i++) this.#emit(rows[i]!, records[i]!)
    return at
  }

  #one(row: Row): number {
    const bad = this.#badIn(row)
    if (bad) return this.#fail(row, bad)
    let record: string[] | undefined
    try {
      record = fields(row.text)[0]
    } catch (error) {
      return this.#fail(this.#firstLine(row.from), this.#wrong(row.from, reason(error as CsvError)))
    }
    if (record) this.#emit(row, record)
    return row.to
  }

  #unclosed(at: number): number {
    return this.#fail(this.#firstLine(at), this.#wrong(at, reason({ code: 'CSV_QUOTE_NOT_CLOSED' })))
  }

  #emit(row: Row, record: string[]): void {
    if (!this.#columns) {
      this.#columns = this.#header(record, row.from)
    } else if (record.length === this.#columns.length) {
      this.#add(asObject(this.#columns, record), this.#first + row.from)
    } else {
      const has = `${record.length} ${record.length === 1 ? 'field' : 'fields'}`
      this.#fail(row, this.#wrong(row.from, `has ${has}, the header has ${this.#columns.length}`))
    }
  }

  #fail(row: Row, problem: InputError): number {
    if (!this.#columns) throw new BadUsage(`the header of the CSV is unusable: ${problem.message}`)
    this.#add(withoutCr(row.text), this.#first + row.from, problem)
    return row.to
  }

  #header(columns: string[], at: number): string[] {
    columns.forEach((name, i) => {
      const twin = columns.indexOf(name)
      if (twin === i) return
      const what = name === '' ? 'have no name' : `are both called '${name}'`
      throw new BadUsage(
        `${this.#where(at)}, the header, will not do: columns ${twin + 1} and ${i + 1} ${what}; give each a name of its own`,
      )
    })
    return columns
  }

  /** The row that begins in this line; `undefined` where its end has not been read. */
  #row(at: number): Row | undefined {
    const line = this.#lines[at]!
    if (!opens(line)) return { from: at, to: at + 1, text: line }
    for (let to = at + 1; to < this.#lines.length; to++) {
      if (oddQuotes(this.#lines[to]!)) {
        return { from: at, to: to + 1, text: this.#lines.slice(at, to + 1).join('\n') }
      }
    }
    return
  }

  #firstLine(at: number): Row {
    return { from: at, to: at + 1, text: this.#lines[at]! }
  }

  #badIn(row: Row): InputError | undefined {
    for (let at = row.from; at < row.to; at++) {
      const error = this.#bad.get(this.#first + at)
      if (error) return error
    }
    return
  }

  #size(from: number): number {
    let size = 0
    for (let at = from; at < this.#lines.length; at++) size += this.#lines[at]!.length
    return size
  }

  #wrong(at: number, what: string): InputError {
    return new InputError(`${this.#where(at)} ${what}`)
  }

  #where(at: number): string {
    return place(this.#name, this.#first + at)
  }
}

function fields(text: string): string[][] {
  return parse(`${text}\n`, { relax_column_count: true, record_delimiter: ['\r\n', '\n'] }) as string[][]
}

function asObject(columns: readonly string[], record: readonly string[]): Record<string, string> {
  const row: Record<string, string> = {}
  for (let i = 0; i < columns.length; i++) {
    const name = columns[i]!
    if (name === '__proto__') Object.defineProperty(row, name, { value: record[i], enumerable: true })
    else row[name] = record[i]!
  }
  return row
}

/** Whether a row that begins with this line goes on in the next: a quote that begins a field stays open. */
function opens(line: string): boolean {
  return oddQuotes(line) && (line.startsWith('"') || line.includes(',"'))
}

function oddQuotes(line: string): boolean {
  let odd = false
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) odd = !odd
  return odd
}

function reason(error: { code: string; message?: string }): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'opens a quote that is never closed: a quote inside a field is written twice, ""'
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'goes on after a closing quote: a quote inside a field is written twice, ""'
    case 'INVALID_OPENING_QUOTE':
      return 'has a quote inside a field without quotes: write the field as "…" and the quote in it twice, ""'
    default:
      return `is not CSV: ${error.message}`
  }
}

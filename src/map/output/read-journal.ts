import { open, truncate } from 'node:fs/promises'
import { BadUsage } from '../../workers/bad-usage.js'
import { fileBytes } from '../input/bytes.js'
import { Lines } from '../input/lines.js'
import { entry, torn } from './entry.js'
import { Journal } from './journal.js'
import { Replacement } from './replacement.js'

export interface ReadOptions {
  /** The file must hold items 0, 1, 2, … without a gap. */
  readonly ordered?: boolean
  /** Takes the lines of failed items out of the file. */
  readonly retryFailed?: boolean
}

/**
 * Reads an output file in order to go on with it, and drops a last line that was torn.
 *
 * @throws {BadUsage} with the number of the first line that a run would not have written; the file is then as it was.
 */
export async function readJournal(path: string, options: ReadOptions = {}): Promise<Journal> {
  await Replacement.clear(path)
  const file = await open(path)
  const { size } = await file.stat().finally(() => file.close())
  const reader = new Reader(path, options)
  const replacement = options.retryFailed ? await Replacement.open(path) : undefined
  try {
    const { whole, rest } = await reader.read(size, replacement)
    if (rest !== '' && !torn(rest)) throw noJournal(path, reader.line + 1)
    if (replacement && reader.dropped > 0) await replacement.commit()
    else if (whole < size) await truncate(path, whole)
  } finally {
    await replacement?.close()
  }
  return reader.journal
}

class Reader {
  readonly journal: Journal
  line = 0
  /** Lines that were left out of the new file. */
  dropped = 0
  readonly #path: string
  readonly #options: ReadOptions

  constructor(path: string, options: ReadOptions) {
    this.journal = new Journal(path)
    this.#path = path
    this.#options = options
  }

  async read(size: number, replacement?: Replacement): Promise<{ whole: number; rest: string }> {
    const lines = new Lines(this.#path)
    let whole = 0
    for await (const chunk of fileBytes(this.#path, size).chunks()) {
      const block = lines.push(chunk)
      if (!block) continue
      whole += block.bytes
      if (block.bad.size > 0) throw noJournal(this.#path, Math.min(...block.bad.keys()))
      const kept = block.texts.filter(text => this.#keep(text))
      if (kept.length > 0) await replacement?.write(`${kept.join('\n')}\n`)
    }
    return { whole, rest: lines.end()?.texts[0] ?? '' }
  }

  #keep(text: string): boolean {
    const found = entry(text)
    const read = this.line + this.dropped + 1
    if (!found) throw noJournal(this.#path, read)
    if (this.#options.ordered && found.index !== this.line) {
      throw new BadUsage(
        `line ${read} of ${this.#path} is item ${found.index} where item ${this.line} is due: the file is not in order, so go on without --ordered`,
      )
    }
    if (found.failed && this.#options.retryFailed) {
      this.dropped++
      return false
    }
    this.journal.add(found, ++this.line)
    return true
  }
}

function noJournal(path: string, line: number): BadUsage {
  return new BadUsage(
    `line ${line} of ${path} is no result line of omakase map: --resume goes on with a file that -o wrote without --raw; to begin anew write --force`,
  )
}

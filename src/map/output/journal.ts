import { BadUsage } from '../../workers/bad-usage.js'
import type { Item } from '../input/source.js'
import { encode } from './encode.js'
import { hash } from './hash.js'
import { Places } from './places.js'

/** What an output file says has been done; a line of it. */
export interface Entry {
  readonly index: number
  readonly input: unknown
  readonly failed: boolean
}

/** The items that have a line in the output file. */
export class Journal {
  readonly #path: string
  readonly #places = new Places()
  #ok = 0
  #failed = 0
  #last = -1

  constructor(path: string) {
    this.#path = path
  }

  /** Lines of items that succeeded. */
  get ok(): number {
    return this.#ok
  }

  /** Lines of items that failed. */
  get failed(): number {
    return this.#failed
  }

  has(index: number): boolean {
    return this.#places.line(index) > 0
  }

  /** @throws {BadUsage} if the item's line was written for another input. */
  check({ index, input }: Item): void {
    if (this.#places.matches(index, hash(encode(input, 'input')))) return
    throw new BadUsage(
      `line ${this.#places.line(index)} of ${this.#path} is item ${index} of other inputs: --resume needs the inputs the file was begun with; to begin anew write --force`,
    )
  }

  /** @throws {BadUsage} if there are lines of items beyond the last; `total` is the number of inputs. */
  checkEnd(total: number): void {
    if (this.#last < total) return
    throw new BadUsage(
      `line ${this.#places.line(this.#last)} of ${this.#path} is item ${this.#last}, and there are only ${total} inputs: --resume needs the inputs the file was begun with`,
    )
  }

  /** @throws {BadUsage} if the item has a line already. */
  add({ index, input, failed }: Entry, line: number): void {
    const twin = this.#places.line(index)
    if (twin > 0) {
      throw new BadUsage(
        `lines ${twin} and ${line} of ${this.#path} are both item ${index}: this is no output of one run, and --resume cannot go on with it`,
      )
    }
    this.#places.set(index, line, hash(JSON.stringify(input)))
    if (failed) this.#failed++
    else this.#ok++
    this.#last = Math.max(this.#last, index)
  }
}

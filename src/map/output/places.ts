import type { Hash } from './hash.js'

const PAGE = 4096
const FIELDS = 3

/**
 * Line number and hash by item, 12 bytes each.
 *
 * In pages, so that it grows without being copied, and a file whose few lines lie far apart stays small.
 */
export class Places {
  readonly #pages = new Map<number, Uint32Array>()

  set(index: number, line: number, { low, high }: Hash): void {
    const number = Math.floor(index / PAGE)
    let page = this.#pages.get(number)
    if (!page) {
      page = new Uint32Array(PAGE * FIELDS)
      this.#pages.set(number, page)
    }
    page.set([line, low, high], (index % PAGE) * FIELDS)
  }

  /** The line of the item, 0 if it has none. */
  line(index: number): number {
    return this.#field(index, 0)
  }

  matches(index: number, { low, high }: Hash): boolean {
    return this.#field(index, 1) === low && this.#field(index, 2) === high
  }

  #field(index: number, field: number): number {
    return this.#pages.get(Math.floor(index / PAGE))?.[(index % PAGE) * FIELDS + field] ?? 0
  }
}

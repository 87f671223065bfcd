import type { Call } from '../../workers/internal.js'
import type { Item } from '../input/source.js'

/** An item on its way: what its calls have in common. It is its own next call. */
export class Attempt implements Call {
  readonly item: Item
  id = 0
  /** Executions so far, the next one included. */
  attempt: number
  /** When it was handed over last, by `performance.now()`. */
  began = 0
  /** How many ran then, itself included, where that matters. */
  among = Infinity
  /** How often it has failed by itself. */
  failures = 0
  /** How often a worker died with nothing else in it. */
  deaths = 0
  /** It was in a worker that died, nobody knows of what: the next one keeps book of every item. */
  careful = false
  /** A worker died while it ran: it runs with nothing beside it until it is cleared. */
  suspect = false
  /** It was taken back, which what runs may not know yet. */
  isCancelled = false
  /** Where it counts among those of its host that run. */
  host: string | null = null

  constructor(item: Item) {
    this.item = item
    this.attempt = item.attempt ?? 1
  }

  get index(): number {
    return this.item.index
  }

  get input(): unknown {
    return this.item.input
  }
}

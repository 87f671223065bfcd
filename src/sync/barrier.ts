import type { Co } from '../core/index.js'
import { checkCount } from '../core/internal.js'
import { badParties, twiceAtBarrier } from './errors.js'
import { Line, Turn } from './line.js'

/** What `statistics()` of a `Barrier` tells. */
export interface BarrierStatistics {
  /** How many it lets through together. */
  readonly parties: number
  /** How many wait for the others. */
  readonly waiting: number
}

/**
 * Lets tasks through when `parties` of them have come; then it stands again for the next. One that is cancelled
 * while it waits has not come.
 *
 * @example
 * const start = new Barrier(2)
 * const places = yield* all([() => start.wait(), () => start.wait()])
 * places.sort() // [0, 1]
 * @throws UsageError unless `parties` is a whole number of 1 or more.
 * @see Python's `asyncio.Barrier`
 */
export class Barrier {
  private readonly parties: number
  private readonly line: Line<number> = new Line(
    turn => this.admit(turn),
    () => `${this.parties - this.line.length} more at a barrier`,
  )

  /** For so many parties. */
  constructor(parties: number) {
    if (parties === Infinity) throw badParties(parties)
    this.parties = checkCount('Barrier', parties)
  }

  /** Waits for the others; gives the place in the order in which they came: 0 to the first. */
  wait(): Co<number> {
    return new Turn(this.line)
  }

  /** How many there are to come, and how many wait. */
  statistics(): BarrierStatistics {
    return { parties: this.parties, waiting: this.line.length }
  }

  private admit(turn: Turn<number>): boolean {
    const { line } = this
    const { waiter } = turn
    // A task waits once; only a contest may try to come twice.
    if (waiter !== waiter!.task)
      for (let each = line.peek(); each !== null; each = each.after as Turn<number> | null)
        if (each.waiter === waiter) throw twiceAtBarrier()
    if (line.length + 1 < this.parties) return false
    let place = 0
    for (let each = line.shift(); each !== null; each = line.shift()) each.grant(place++)
    turn.value = place
    return true
  }
}

import { type Clock, monotonic } from './clock.js'
import { afterThisTurn } from './scheduler.js'

/** What stands in the timer structure. */
export interface Timed {
  due: number
  /** Among equals, first come first served. */
  order: number
  /** Place in the heap; -1 when it stands in none. */
  slot: number
  /** A deadline is looked at only when all that is due in the same turn has been granted. */
  readonly isDeadline: boolean
  expire(): void
}

/** All sleepers and deadlines of one clock: a heap, and one native timer for the earliest. */
export class Timers {
  readonly clock: Clock
  private readonly heap: Timed[] = []
  private orders = 0
  private armedFor = Infinity

  constructor(clock: Clock) {
    this.clock = clock
  }

  get size(): number {
    return this.heap.length
  }

  add(timed: Timed, due: number): void {
    timed.due = timed.isDeadline ? due + this.clock.resolution : due
    timed.order = this.orders++
    const { heap } = this
    timed.slot = heap.length
    heap.push(timed)
    this.up(timed.slot)
    if (heap[0] === timed) this.arm()
  }

  remove(timed: Timed): void {
    const { slot } = timed
    if (slot < 0) return
    timed.slot = -1
    const last = this.heap.pop()!
    if (last !== timed) {
      this.place(last, slot)
      this.up(slot)
      this.down(last.slot)
    }
    if (this.heap.length === 0) this.arm()
  }

  private arm(): void {
    const first = this.heap[0]
    if (first === undefined) {
      this.armedFor = Infinity
      this.clock.disarm()
    } else if (first.due !== this.armedFor) {
      this.armedFor = first.due
      this.clock.arm(first.due, this.fire)
    }
  }

  private readonly fire = (): void => {
    this.armedFor = Infinity
    const now = this.clock.now()
    let deadlines: Timed[] | undefined
    for (let first = this.heap[0]; first !== undefined && first.due <= now; first = this.heap[0]) {
      this.remove(first)
      if (!first.isDeadline) first.expire()
      else if (deadlines === undefined) deadlines = [first]
      else deadlines.push(first)
    }
    if (deadlines !== undefined) {
      const due = deadlines
      afterThisTurn(() => {
        for (const deadline of due) deadline.expire()
      })
    }
    this.arm()
  }

  private up(slot: number): void {
    const { heap } = this
    const timed = heap[slot]!
    while (slot > 0) {
      const parent = (slot - 1) >> 1
      const other = heap[parent]!
      if (!earlier(timed, other)) break
      this.place(other, slot)
      slot = parent
    }
    this.place(timed, slot)
  }

  private down(slot: number): void {
    const { heap } = this
    const timed = heap[slot]!
    for (;;) {
      let child = 2 * slot + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child++
      const other = heap[child]!
      if (!earlier(other, timed)) break
      this.place(other, slot)
      slot = child
    }
    this.place(timed, slot)
  }

  private place(timed: Timed, slot: number): void {
    this.heap[slot] = timed
    timed.slot = slot
  }
}

function earlier(a: Timed, b: Timed): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

export const realTimers = new Timers(monotonic)

const others = new WeakMap<Clock, Timers>()

export function timersOf(clock: Clock | undefined): Timers {
  if (clock === undefined || clock === monotonic) return realTimers
  let timers = others.get(clock)
  if (timers === undefined) {
    timers = new Timers(clock)
    others.set(clock, timers)
  }
  return timers
}

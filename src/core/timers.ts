import { type Clock, monotonic } from './clock.js'
import { afterThisTurn } from './scheduler.js'

/** What stands in the timer structure. */
export interface Timed {
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
  /** Of each in the heap, when. Kept apart: as a field it would cost every sleeper three times as much. */
  private dues = new Float64Array(64)
  private orders = 0
  private armedFor = Infinity

  constructor(clock: Clock) {
    this.clock = clock
  }

  get size(): number {
    return this.heap.length
  }

  add(timed: Timed, due: number): void {
    const { heap } = this
    const slot = heap.length
    if (slot === this.dues.length) this.resize(2 * slot)
    timed.order = this.orders++
    heap.push(timed)
    this.up(timed, timed.isDeadline ? due + this.clock.resolution : due, slot)
    if (heap[0] === timed) this.arm()
  }

  remove(timed: Timed): void {
    const { slot } = timed
    if (slot < 0) return
    timed.slot = -1
    const { heap, dues } = this
    const last = heap.pop()!
    const due = dues[heap.length]!
    if (last !== timed) {
      if (slot > 0 && this.isEarlier(last, due, (slot - 1) >> 1)) this.up(last, due, slot)
      else this.down(last, due, slot)
    }
    if (heap.length < dues.length >> 3 && heap.length > 64) this.resize(dues.length >> 2)
    if (heap.length === 0) this.arm()
  }

  private arm(): void {
    if (this.heap.length === 0) {
      this.armedFor = Infinity
      this.clock.disarm()
    } else if (this.dues[0] !== this.armedFor) {
      this.armedFor = this.dues[0]!
      this.clock.arm(this.armedFor, this.fire)
    }
  }

  private readonly fire = (): void => {
    this.armedFor = Infinity
    const now = this.clock.now()
    let deadlines: Timed[] | undefined
    for (let first = this.heap[0]; first !== undefined && this.dues[0]! <= now; first = this.heap[0]) {
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

  private up(timed: Timed, due: number, slot: number): void {
    while (slot > 0) {
      const parent = (slot - 1) >> 1
      if (!this.isEarlier(timed, due, parent)) break
      this.place(this.heap[parent]!, this.dues[parent]!, slot)
      slot = parent
    }
    this.place(timed, due, slot)
  }

  private down(timed: Timed, due: number, slot: number): void {
    const { heap, dues } = this
    for (;;) {
      let child = 2 * slot + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.isEarlier(heap[child + 1]!, dues[child + 1]!, child)) child++
      if (this.isEarlier(timed, due, child)) break
      this.place(heap[child]!, dues[child]!, slot)
      slot = child
    }
    this.place(timed, due, slot)
  }

  private place(timed: Timed, due: number, slot: number): void {
    this.heap[slot] = timed
    this.dues[slot] = due
    timed.slot = slot
  }

  /** Than the one in that slot. */
  private isEarlier(timed: Timed, due: number, slot: number): boolean {
    const other = this.dues[slot]!
    return due < other || (due === other && timed.order < this.heap[slot]!.order)
  }

  private resize(size: number): void {
    const dues = new Float64Array(size)
    dues.set(this.dues.subarray(0, size))
    this.dues = dues
  }
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

import {
  conductBy,
  nextTurn,
  peekQueued,
  queued,
  stepQueued,
  type TaskImpl,
  type Timers,
} from '../core/internal.js'
import { setTimeout } from './platform.js'
import { drawing } from './random.js'
import type { Schedule } from './schedule.js'

/** Steps in one go; then the event loop has its turn. A number, and not a time: the same run has to go the same way. */
const MOST_STEPS = 128
/** Among how many of those that are ready the next one is drawn. */
const MOST_CHOICES = 1024

/** Those that somebody needs now. While there is none, the runtime's own loop steps the tasks. */
const active = new Map<Timers, Conductor>()
const all = new WeakMap<Timers, Conductor>()

/** Somebody who waits until no task can go on. */
export interface IdleWaiter {
  readonly task: TaskImpl
  wakeIdle(): void
}

/** Steps the tasks of one clock, and knows when none of them can go on. */
export class Conductor {
  /** Where the order comes from; the tasks go on in the order in which they became ready where there is none. */
  schedule: Schedule | null = null
  /** Called where a cancellation might arrive: before each step, and when nothing is ready any more. */
  onPoint: (() => void) | null = null
  /** All are blocked: lets time pass. False where there is nothing to come. */
  onIdle: (() => boolean) | null = null
  /** All are blocked, and no time will pass. */
  onStill: (() => void) | null = null
  /** Real milliseconds without a step after which the tasks count as blocked; 0 is one turn of the event loop. */
  threshold = 0
  /** Steps so far. */
  steps = 0
  private readonly timers: Timers
  private holders = 0
  private readonly waiters = new Set<IdleWaiter>()
  private woken: TaskImpl[] = []
  private stirred = false
  private looking = false

  constructor(timers: Timers) {
    this.timers = timers
  }

  /** It is needed until `letGo` is called as often. */
  hold(): void {
    if (this.holders++ === 0) {
      active.set(this.timers, this)
      if (active.size === 1) conductBy(conduct)
    }
    this.stir()
  }

  letGo(): void {
    if (--this.holders > 0) return
    active.delete(this.timers)
    if (active.size === 0) conductBy(null)
  }

  add(waiter: IdleWaiter): void {
    this.waiters.add(waiter)
    this.hold()
  }

  remove(waiter: IdleWaiter): void {
    if (this.waiters.delete(waiter)) this.letGo()
  }

  /** Something has happened: whether all are blocked has to be found out anew. */
  stir(): void {
    this.stirred = true
    if (this.looking) return
    this.looking = true
    this.lookLater()
  }

  /** Steps one task, the first in the queue being one of ours; false where the event loop should have its turn. */
  goOn(): boolean {
    this.onPoint?.()
    this.steps++
    this.stir()
    const { schedule } = this
    if (schedule === null) stepAt(0)
    else drawing(schedule.random, () => stepAt(this.draw(schedule)))
    if (this.onPoint !== null && !this.isReady) this.onPoint()
    // Where the turn ends is a part of the schedule: a promise may be heard between any two steps.
    return schedule === null ? this.steps % MOST_STEPS > 0 : schedule.random.next() < 0.7
  }

  /** A place in the queue: only ours count, so that what others do changes nothing. */
  private draw(schedule: Schedule): number {
    const places: number[] = []
    for (let place = 0, count = queued(); place < count && places.length < MOST_CHOICES; place++)
      if (this.owns(place)) places.push(place)
    return places[schedule.pick(places.map(peekQueued))]!
  }

  private owns(place: number): boolean {
    return peekQueued(place).timers === this.timers
  }

  /** One of ours stands in the queue. */
  get isReady(): boolean {
    for (let place = queued() - 1; place >= 0; place--) if (this.owns(place)) return true
    return false
  }

  /** Those who were told that all are blocked have not all gone on yet. */
  private get isHeard(): boolean {
    this.woken = this.woken.filter(task => task.state === 'ready')
    return this.woken.length === 0
  }

  private lookLater(): void {
    this.stirred = false
    // The second turn has heard all that was due when this was called.
    const later = () => nextTurn(() => nextTurn(this.look))
    if (this.threshold > 0) setTimeout(later, this.threshold)
    else later()
  }

  private readonly look = (): void => {
    if (this.holders > 0 && (this.stirred || this.isReady || !this.isHeard)) {
      this.lookLater()
      return
    }
    this.looking = false
    if (this.holders > 0) this.idle()
  }

  private idle(): void {
    if (this.waiters.size > 0) {
      for (const waiter of [...this.waiters]) {
        this.remove(waiter)
        this.woken.push(waiter.task)
        waiter.wakeIdle()
      }
      this.stir()
    } else if (this.onIdle?.() !== true) this.onStill?.()
  }
}

export function conductorOf(timers: Timers): Conductor {
  let conductor = all.get(timers)
  if (conductor === undefined) {
    conductor = new Conductor(timers)
    all.set(timers, conductor)
  }
  return conductor
}

const rootWatchers = new Set<(root: TaskImpl) => void>()

/** Hears of every root that is stepped, while any clock is conducted. */
export function watchRoots(watcher: (root: TaskImpl) => void): () => void {
  rootWatchers.add(watcher)
  return () => rootWatchers.delete(watcher)
}

function conduct(): void {
  let left = MOST_STEPS
  while (queued() > 0) {
    const conductor = active.get(peekQueued(0).timers)
    if (conductor !== undefined) {
      if (!conductor.goOn()) return
    } else {
      stepAt(0)
      // Those who are not conducted do not decide where the turn of the others ends.
      if (--left <= 0 && ![...active.values()].some(each => each.isReady)) return
    }
  }
}

function stepAt(place: number): void {
  const task = peekQueued(place)
  if (task.parent === null) for (const watch of rootWatchers) watch(task)
  stepQueued(place)
}

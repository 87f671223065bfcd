import { checkpoint, type Instruction } from '../core/index.js'
import { type Coroutine, machine } from '../core/internal.js'

/** The end of a flow. Nobody outside can throw or return it, so nothing that a stage does can be taken for it. */
export const END: unique symbol = Symbol('omakase.end')
/** There is nothing yet: the driver waits for what is parked, then pulls again. */
export const WAIT: unique symbol = Symbol('omakase.wait')

export type Pulled<T> = T | typeof END | typeof WAIT

/**
 * A stream that is being read. Pulling is a plain call, so that an item that is there costs one call a stage; what has
 * to be waited for is parked, and the one task that drives the flow waits for it. A flow that has answered `END` has
 * nothing left open, and answers it again.
 */
export interface Flow<out T> {
  pull(): Pulled<T>
}

/** Whether no item came. */
export function isNone(pulled: unknown): pulled is typeof END | typeof WAIT {
  return pulled === END || pulled === WAIT
}

/** Gets what was waited for. */
export interface Taker<in T> {
  resume(value: T): void
}

type Waitable<T> = { [Symbol.iterator](): Iterator<Instruction, T, any> }

// A register, as those of the runtime: between parking and waiting nothing else runs.
const parked = { what: null as Waitable<any> | null, taker: null as Taker<any> | null }

export function park<T>(what: Waitable<T>, taker: Taker<T>): typeof WAIT {
  parked.what = what
  parked.taker = taker
  return WAIT
}

/** Waits for what is parked. */
export function* unpark(): Coroutine<void> {
  const { what, taker } = parked
  parked.what = parked.taker = null
  taker!.resume(yield* what!)
}

/** The next item, or `END`. */
export function* next<T>(flow: Flow<T>): Coroutine<T | typeof END> {
  for (;;) {
    const item = flow.pull()
    if (item !== WAIT) return item
    yield* unpark()
  }
}

/** Every item, to a function that has nothing to wait for. */
export function* drain<T>(flow: Flow<T>, each: (item: T) => void): Coroutine<void> {
  for (;;) {
    const item = flow.pull()
    if (item === END) return
    if (item === WAIT) yield* unpark()
    else each(item)
  }
}

const ITEMS_A_TURN = 64
const NOBODY: Taker<void> = { resume() {} }

/**
 * Counts the items of a flow that makes them by nothing but calls. It gives way to other tasks after so many of them,
 * and where a cancellation is on its way; since every item comes from such a flow, no other stage has to.
 */
export class Turn {
  private left = ITEMS_A_TURN

  /** To be asked before each item; where it is over, the flow answers `rest()`. */
  get isOver(): boolean {
    return this.left-- === 0 || (this.left < ITEMS_A_TURN - 1 && machine.task!.interrupted)
  }

  rest(): typeof WAIT {
    this.left = ITEMS_A_TURN
    return park(checkpoint(), NOBODY)
  }
}

import { isThenable, usage } from './errors.js'
import { advance, GO, MAX_DEPTH, machine, NEXT, YIELDED } from './machine.js'
import type { ScopeImpl } from './scope.js'
import { passes } from './trace.js'
import type { Co, Coroutine, Instruction } from './types.js'

/** Set on the prototype of a coroutine's generators: the function that made them. */
export const MADE_BY = Symbol('omakase.madeBy')

/** Set on the prototypes of all that can be waited for. */
export const IS_CO = Symbol('omakase.co')

export const FRESH = 0
const RUNNING = 1
/** Was asked to return; whatever it still does, its caller is asked next. */
export const UNWINDING = 2
const ENDED = 3

export type Frame = CoFrame | ScopeImpl

/**
 * A call of a coroutine function, and its frame on the stack of the task that waits for it.
 *
 * `yield* co` makes V8 ask it for `next()`. The first one steps the callee in place: finished at once, it answers
 * with itself as the iterator's result; suspended, the caller's generator hands on what the callee yielded, and from
 * then on the loop steps only the top frame. When that ends, the loop resumes the frame below, and V8 asks for
 * `next(value)` again: that is the answer.
 */
export class CoFrame<T = unknown> implements Co<T>, Iterator<Instruction, T, any> {
  declare readonly done: true
  gen: Coroutine<T> | null
  below: Frame | null = null
  state = FRESH
  value: T = undefined as T
  /** The function that made it, for messages. */
  readonly maker: Named | null

  constructor(gen: Coroutine<T>, maker: Named | null = null) {
    this.gen = gen
    this.maker = maker
    if (machine.checks !== null) machine.checks.created(this)
  }

  get name(): string {
    return nameOf(this.gen) ?? (this.maker?.name || 'a coroutine')
  }

  [Symbol.iterator](): this {
    if (this.state !== FRESH) throw usage.usedTwice(this.name)
    return this
  }

  next(sent?: unknown): IteratorResult<Instruction, T> {
    if (this.state !== FRESH) {
      this.value = sent as T
      return this
    }
    const task = machine.task
    if (task === null) throw usage.outsideOf(this.name)
    const gen = this.gen!
    this.state = RUNNING
    this.below = task.top
    task.top = this
    if (machine.depth >= MAX_DEPTH) {
      task.mode = NEXT
      task.value = undefined
      machine.request = GO
      return YIELDED
    }
    machine.depth++
    let result: IteratorResult<Instruction, T>
    try {
      result = advance.call(gen)
      if (result.done) this.check(result.value)
    } catch (error) {
      machine.depth--
      task.top = this.below
      this.end()
      throw error
    }
    machine.depth--
    if (!result.done) return result
    task.top = this.below
    this.value = result.value
    this.end()
    return this
  }

  throw(error: unknown): IteratorResult<Instruction, T> {
    passes(error, this.throw, false)
    throw error
  }

  return(value?: any): IteratorResult<Instruction, T> {
    machine.checks?.cut(this.return)
    this.value = value
    return this
  }

  /** A result that still has to be waited for is a forgotten `yield*`. */
  check(value: unknown): void {
    if (typeof value === 'object' && value !== null && isThenable(value))
      throw usage.returned(this.name, value)
  }

  end(): void {
    this.state = ENDED
    this.below = null
  }

  /** Puts the frame on top of the task without stepping it; the loop will. */
  push(task: { top: Frame | null }): void {
    if (this.state !== FRESH) throw usage.usedTwice(this.name)
    this.state = RUNNING
    this.below = task.top
    task.top = this
  }

  declare then: Co<T>['then']
}

// A constant, so that a finished frame is its own iterator result without a field for it.
Object.defineProperty(CoFrame.prototype, 'done', { value: true })
Object.defineProperty(CoFrame.prototype, IS_CO, { value: true })

interface Named {
  readonly name: string
}

const ADOPTED = Symbol('omakase.adopted')

/** The frame of a generator that somebody else has made; a generator can have one. */
export function adopt<T>(gen: Coroutine<T> & { [ADOPTED]?: true }, maker: Named | null = null): CoFrame<T> {
  if (gen[ADOPTED]) throw usage.usedTwice(nameOf(gen) ?? 'a generator')
  gen[ADOPTED] = true
  return new CoFrame(gen, maker)
}

function nameOf(gen: unknown): string | undefined {
  return (gen as { [MADE_BY]?: Named } | null)?.[MADE_BY]?.name || undefined
}

import { type Co, checkpoint, type Task, wait } from '../core/index.js'
import {
  combine,
  holdersOf,
  list,
  NEXT,
  Operation,
  type TaskImpl,
  THROW,
  type Waiter,
  type Won,
} from '../core/internal.js'
import { notAnOperation, nothingToSelect, notOperations, selectedTwice } from './errors.js'

type Operations = { readonly [name: string]: Co<any> | Task<any> }

/** Which operation happened, and what it gave. */
export type Selected<O extends Operations> = {
  [K in keyof O & string]: {
    readonly name: K
    readonly value: O[K] extends Task<infer T> ? T : Won<O[K]>
  }
}[keyof O & string]

/**
 * Waits for several operations, of which exactly one happens; in the moment in which it does, the others are
 * withdrawn. Where several can happen at once, the first named does. A task stands for its end. It is an operation
 * itself.
 *
 * @example
 * const [sender, receiver] = channel<string>(1)
 * const stopped = new Event()
 * sender.trySend('a job')
 * yield* select({ job: receiver.receive(), stop: stopped.wait() }) // { name: 'job', value: 'a job' }
 * @throws what the operation throws; UsageError for anything but bare operations, and for none.
 * @see Go's `select`
 */
export function select<const O extends Operations>(operations: O): Co<Selected<O>> {
  if (typeof operations !== 'object' || operations === null) throw notOperations(operations)
  const names = Object.keys(operations)
  if (names.length === 0) throw nothingToSelect()
  const list = names.map(name => operationOf(name, operations[name]))
  if (new Set(list).size < list.length) throw selectedTwice()
  return new Select(names, list) as Operation<any>
}

function operationOf(name: string, given: unknown): Operation {
  // That comes when whatever is ready now has had its turn, and has nothing to withdraw.
  if (given === checkpoint()) return wait(Promise.resolve()) as Operation<any>
  const operation = (given as Iterable<unknown> | null | undefined)?.[Symbol.iterator]?.()
  if (operation instanceof Operation) return operation
  throw notAnOperation(name)
}

interface Got {
  readonly name: string
  readonly value: unknown
}

class Select extends Operation<Got> implements Waiter {
  private readonly names: readonly string[]
  readonly operations: readonly Operation[]
  /** Begun, and neither settled nor withdrawn. */
  private open = 0
  /** One has come, or none is waited for any more. */
  private isOver = false
  private got: Got | null = null
  private readonly errors: unknown[] = []
  /** It begins or is withdrawn just now, and concludes when that is done. */
  private isBusy = false

  constructor(names: readonly string[], operations: readonly Operation[]) {
    super()
    this.names = names
    this.operations = operations
  }

  get task(): TaskImpl {
    return this.waiter!.task
  }

  begin(): boolean {
    this.isBusy = true
    let failed: Operation | undefined
    for (const operation of this.operations) {
      if (this.isOver) {
        operation.forgo()
        continue
      }
      this.open++
      try {
        if (operation.enter(this)) this.came(operation, NEXT, operation.value)
      } catch (error) {
        failed = operation
        this.came(operation, THROW, error)
      }
    }
    if (this.isOver) this.withdrawOthers(failed)
    this.isBusy = false
    if (!this.isOver || this.open > 0) return false
    if (this.errors.length > 0) throw combine(this.errors)
    this.value = this.got!
    return true
  }

  wake(operation: Operation, mode: number, value: unknown): void {
    const wasOver = this.isOver
    this.came(operation, mode, value)
    if (this.isBusy) return
    if (!wasOver) this.withdrawOthers()
    this.conclude()
  }

  withdraw(): boolean {
    if (this.isOver) return false
    this.isOver = true
    this.isBusy = true
    this.withdrawOthers()
    this.isBusy = false
    if (this.open > 0) return false
    if (this.got === null && this.errors.length === 0) return true
    this.conclude()
    return false
  }

  override forgo(): void {
    for (const operation of this.operations) operation.forgo()
  }

  override heldBy(): readonly TaskImpl[] | null {
    return holdersOf(this.operations)
  }

  describe(): string {
    const words = this.operations.map((each, nth) => `${this.names[nth]} (${each.describe()})`)
    return `the first of ${list(words)}`
  }

  private came(operation: Operation, mode: number, value: unknown): void {
    this.open--
    if (mode === THROW) this.errors.push(value)
    // Where the wait was given up, what happened all the same is what it gives.
    else if (mode === NEXT && this.got === null && this.errors.length === 0)
      this.got = { name: this.names[this.operations.indexOf(operation)]!, value }
    this.isOver = true
  }

  private withdrawOthers(failed?: Operation): void {
    for (const operation of this.operations) {
      if (operation === failed || operation.waiter !== this || !operation.pending) continue
      try {
        if (operation.retract()) this.open--
      } catch (error) {
        this.open--
        this.errors.push(error)
      }
    }
  }

  private conclude(): void {
    if (this.open > 0) return
    if (this.errors.length > 0) this.reject(combine(this.errors))
    else if (this.got === null) this.giveUp()
    else this.grant(this.got)
  }
}

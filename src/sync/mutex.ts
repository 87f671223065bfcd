import { type BrokenError, currentTask } from '../core/index.js'
import type { Operation, ScopeImpl, TaskImpl } from '../core/internal.js'
import { heldByOther, holdsAlready, lockBroken, notHeld } from './errors.js'
import { Line, Turn } from './line.js'

/** Waits for a lock. Once served, it stands among those who are told of the end of the holder. */
export class Hold extends Turn {
  readonly mutex: Mutex
  /** Where the holder was when it got the lock. */
  within: ScopeImpl | null = null

  constructor(mutex: Mutex) {
    super(mutex.line)
    this.mutex = mutex
  }

  get task(): TaskImpl {
    return this.waiter!.task
  }

  /** It is still waited for, as is every contest that it is a part of. */
  get isAwaited(): boolean {
    let each: Partial<Operation> | null | undefined = this
    for (; each; each = each.waiter as Partial<Operation> | undefined)
      if (each.pending === false) return false
    return true
  }

  override heldBy(): readonly TaskImpl[] {
    const { holder } = this.mutex
    return holder === undefined ? [] : [holder]
  }

  serve(): void {
    this.grant()
  }

  /** The holder has ended, or the scope in which it got the lock was abandoned. */
  tell(): void {
    this.mutex.break()
  }
}

/** What a lock and the conditions on it share. Whoever holds it is never in its line. */
export class Mutex {
  hold: Hold | null = null
  broken: BrokenError | null = null
  readonly line: Line<void, Hold> = new Line(
    hold => this.admit(hold),
    () => `the lock that task "${this.holder?.name}" holds`,
  )
  /** Those who wait on conditions. */
  readonly asleep = new Set<{ wakeWith(error: unknown): void }>()

  get holder(): TaskImpl | undefined {
    return this.hold?.task
  }

  admit(hold: Hold): boolean {
    if (this.broken !== null) throw this.broken
    const { holder } = this
    if (holder === hold.task) throw holdsAlready(holder)
    if (holder !== undefined) return false
    this.give(hold)
    return true
  }

  /** Throws unless the current task holds it. */
  check(): Hold {
    if (this.broken !== null) throw this.broken
    const { hold } = this
    if (hold === null) throw notHeld()
    if (hold.task !== currentTask()) throw heldByOther(hold.task)
    return hold
  }

  release(): void {
    const hold = this.check()
    hold.task.queue.remove(hold)
    this.hold = null
    for (let next = this.line.shift(); next !== null; next = this.line.shift()) {
      if (!next.isAwaited) continue
      this.give(next)
      next.serve()
      return
    }
  }

  break(): void {
    const broken = lockBroken(this.holder!)
    this.broken = broken
    this.hold = null
    for (let hold = this.line.shift(); hold !== null; hold = this.line.shift()) hold.reject(broken)
    for (const wait of this.asleep) wait.wakeWith(broken)
  }

  private give(hold: Hold): void {
    this.hold = hold
    hold.within = hold.task.scope
    hold.task.queue.add(hold)
  }
}

import { bodyFrame } from './body.js'
import { machine } from './machine.js'
import { Operation } from './operation.js'
import type { ScopeImpl } from './scope.js'
import { forever } from './sleep.js'
import { FAILED, TaskImpl } from './task.js'
import type { BodyWith, Coroutine } from './types.js'

/** Tasks of one scope, of which only so many run at once. */
export class Crew {
  readonly scope: ScopeImpl
  private readonly limit: number
  private running = 0
  private waiting: Room | null = null

  constructor(scope: ScopeImpl, limit: number) {
    this.scope = scope
    this.limit = limit
  }

  /** `ended` hears of the end first, and answers whether it takes care of a failure. */
  start(
    body: BodyWith<any[], unknown>,
    ended: (task: TaskImpl) => boolean,
    before: readonly unknown[] = [],
  ): void {
    this.running++
    const unlessLate = this.limit === Infinity ? body : this.guarded(body, before)
    TaskImpl.child(this.scope, unlessLate, named(body), before, {
      ended: task => {
        this.running--
        const isHandled = ended(task)
        // After a failure nobody takes the place that has become free.
        if (isHandled || task.status !== FAILED) this.waiting?.grant(undefined)
        return isHandled
      },
    })
  }

  /** One that was to begin when another had failed does not. */
  private *guarded(body: BodyWith<any[], unknown>, before: readonly unknown[]): Coroutine<unknown> {
    if (this.scope.cancellation !== null) yield* forever()
    return yield* bodyFrame(body, before, machine.task!)
  }

  get isFull(): boolean {
    return this.running >= this.limit
  }

  /** Waits until one more may start. */
  *room(): Coroutine<void> {
    this.waiting = new Room(this)
    yield* this.waiting
    // Somebody may have failed after the place was granted.
    if (this.scope.cancellation !== null) yield* forever()
  }
}

class Room extends Operation<void> {
  private readonly crew: Crew

  constructor(crew: Crew) {
    super()
    this.crew = crew
  }

  /** Whose end makes room; no deadlock by itself, as little as the end of a scope. */
  get children(): ScopeImpl['children'] {
    return this.crew.scope.children
  }

  begin(): boolean {
    return !this.crew.isFull
  }

  withdraw(): boolean {
    return true
  }

  describe(): string {
    return 'a place to become free'
  }
}

function named(body: BodyWith<any[], unknown>): { name: string } | undefined {
  const name = (body as { readonly name?: unknown } | null)?.name
  return typeof name === 'string' && name !== '' ? { name } : undefined
}

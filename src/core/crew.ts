import { Operation } from './operation.js'
import type { ScopeImpl } from './scope.js'
import { TaskImpl } from './task.js'
import type { Body, Co } from './types.js'

/** Tasks of one scope, of which only so many run at once. */
export class Crew {
  private readonly scope: ScopeImpl
  private readonly limit: number
  private running = 0
  private waiting: Room | null = null

  constructor(scope: ScopeImpl, limit: number) {
    this.scope = scope
    this.limit = limit
  }

  /** `ended` hears of the end first, and answers whether it takes care of a failure. */
  start(body: Body<unknown>, ended: (task: TaskImpl) => boolean): void {
    this.running++
    TaskImpl.child(this.scope, body, undefined, [], {
      ended: task => {
        this.running--
        this.waiting?.grant(undefined)
        return ended(task)
      },
    })
  }

  get isFull(): boolean {
    return this.running >= this.limit
  }

  /** Waits until one more may start. */
  room(): Co<void> {
    this.waiting = new Room(this)
    return this.waiting
  }
}

class Room extends Operation<void> {
  private readonly crew: Crew

  constructor(crew: Crew) {
    super()
    this.crew = crew
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

import { Barrier, ClosedError, type Co, Condition, co, currentTask, Event, select, sleep } from 'omakase'
import type { Gen } from '../depths.js'
import type { Ledger } from './ledger.js'
import type { Place } from './perform.js'
import type { Block } from './program.js'

/** What tasks do at the locks, conditions, events and barriers that they share. */
export type SharedStep =
  | { do: 'locked'; which: number; body: Block }
  | { do: 'wait for notification' | 'notify' | 'notify all'; which: number }
  | { do: 'wait for event' | 'set event' | 'clear event' | 'barrier'; which: number }
  | { do: 'select'; which: number; ms: number }

/** One lock with its condition, an event and a barrier, and who is inside the lock as the program sees it. */
export class Shared {
  readonly condition = new Condition()
  readonly event = new Event()
  readonly barrier = new Barrier(2)
  private inside = 0
  private readonly ledger: Ledger

  constructor(ledger: Ledger) {
    this.ledger = ledger
  }

  get isMine(): boolean {
    return this.condition.lock.statistics().holder === currentTask()
  }

  enter(): void {
    if (++this.inside > 1) this.ledger.violation('R39: two are inside a lock')
    if (!this.isMine) this.ledger.violation('R40: a task is inside a lock that it does not hold')
  }

  leave(): void {
    this.inside--
  }

  close(): void {
    const { waiting, lock } = this.condition.statistics()
    if (lock.isBroken) this.ledger.violation('R40: a lock is broken, though everybody released it')
    if (lock.holder !== undefined || this.inside !== 0)
      this.ledger.violation('R20: a lock was never given back')
    const left = waiting + lock.waiting + this.event.statistics().waiting + this.barrier.statistics().waiting
    if (left > 0) this.ledger.violation('R20: somebody is left at a lock, a condition, an event or a barrier')
  }
}

export const atShared: (
  step: SharedStep,
  at: Place,
  locked: (block: Block, at: Place) => Co<void>,
) => Co<unknown> = co(function* (step, { world, ...at }, locked): Gen<unknown> {
  const shared = world.shared[step.which]!
  const { condition, event, barrier } = shared
  switch (step.do) {
    case 'locked': {
      if (shared.isMine) return
      const body = co(function* (): Gen<void> {
        shared.enter()
        try {
          yield* locked(step.body, { world, ...at })
        } finally {
          shared.leave()
        }
      })
      return yield* condition.lock.with(body)
    }
    case 'wait for notification':
      if (!shared.isMine) return
      shared.leave()
      try {
        return yield* condition.wait()
      } finally {
        shared.enter()
      }
    case 'notify':
      return shared.isMine && condition.notify()
    case 'notify all':
      return shared.isMine && condition.notifyAll()
    case 'wait for event':
      return yield* event.wait()
    case 'set event':
      return event.set()
    case 'clear event':
      return event.clear()
    case 'barrier':
      return yield* barrier.wait()
    case 'select': {
      const [, receiver] = world.ends[step.which]!
      const permits = world.permits[step.which]!
      try {
        const got = yield* select({
          item: receiver.receive(),
          permit: permits.semaphore.acquire(),
          place: barrier.wait(),
          event: event.wait(),
          late: sleep(step.ms),
        })
        if (got.name === 'item') world.received(got.value)
        if (got.name === 'permit') permits.semaphore.release()
      } catch (error) {
        if (!(error instanceof ClosedError)) throw error
      }
    }
  }
})

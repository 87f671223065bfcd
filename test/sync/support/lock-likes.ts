import { type Body, type Co, Condition, Limiter, Lock, run, Semaphore } from 'omakase'
import { gate } from '../../core/gate.js'
import { turns } from '../../core/turns.js'

/** What one task at a time can hold. */
export interface LockLike {
  acquire(): Co<void>
  tryAcquire(): boolean
  release(): void
  with<T>(body: Body<T>): Co<T>
  statistics(): { readonly waiting: number }
}

export const lockLikes: Record<string, () => LockLike> = {
  'a lock': () => new Lock(),
  'a semaphore of one': () => new Semaphore(1),
  'a limiter of one': () => new Limiter(1),
  'the lock of a condition': () => new Condition().lock,
}

/** A task that holds it until it is told to let go. */
export async function held(lock: LockLike): Promise<() => Promise<void>> {
  const letGo = gate()
  const holder = run(() => lock.with(() => letGo.wait()))
  await turns()
  return async () => {
    letGo.open()
    await holder
  }
}

/** Nobody holds it or waits for it, and nothing was eaten or given back twice. */
export function isFree(lock: LockLike): PromiseLike<boolean> {
  return run(() => {
    if (lock.statistics().waiting > 0 || !lock.tryAcquire()) return false
    lock.release()
    try {
      lock.release()
      return false
    } catch {
      return true
    }
  })
}

import {
  all,
  allSettled,
  any,
  Barrier,
  type Co,
  Condition,
  channel,
  co,
  contextManager,
  Event,
  forEach,
  forever,
  Limiter,
  Lock,
  on,
  once,
  race,
  retry,
  run,
  Semaphore,
  scope,
  select,
  sleep,
  spawn,
  start,
  suspend,
  type Task,
  toAsyncIterable,
  use,
  wait,
  within,
} from 'omakase'
import type { TaskImpl } from '#src/core/task.js'
import type { Gen } from '../../core/depths.js'
import { gate } from '../../core/gate.js'
import type { SteppingClock } from '../../core/stepping-clock.js'
import { held } from './lock-likes.js'

/** One of the things that a task can wait for, and how it comes. */
export interface Way {
  wait(): Co<unknown>
  /** Lets the wait end well. Not there where nothing can. */
  wake?(): void
  /** How many stand in its queues. */
  left(): number
}

const none = () => 0

/** How many wait for the end of a task. */
function joiners(task: Task<unknown>): number {
  return (task as TaskImpl).queue.length
}

/** Something of which a listener is heard: how many there are. */
class Ears extends EventTarget {
  count = 0

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.count++
    super.addEventListener(...args)
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.count--
    super.removeEventListener(...args)
  }
}

/** What a single operation waits for; it can be selected. */
export const operations: Record<string, (clock: SteppingClock) => Way | Promise<Way>> = {
  sleep: clock => ({ wait: () => sleep(1000), wake: () => clock.jump(1000), left: none }),

  'settled()': () => {
    const { wait, open } = gate()
    const task = run(wait)
    return { wait: () => task.settled(), wake: open, left: () => joiners(task) }
  },

  send: () => {
    const [sender, receiver] = channel()
    return {
      wait: () => sender.send(1),
      wake: () => void receiver.tryReceive(),
      left: () => sender.statistics().sending,
    }
  },

  'send to a full buffer': () => {
    const [sender, receiver] = channel(1)
    sender.trySend(0)
    return {
      wait: () => sender.send(1),
      wake: () => void receiver.tryReceive(),
      left: () => sender.statistics().sending,
    }
  },

  receive: () => {
    const [sender, receiver] = channel(1)
    return {
      wait: () => receiver.receive(),
      wake: () => void sender.trySend(1),
      left: () => receiver.statistics().receiving,
    }
  },

  next: () => {
    const [sender, receiver] = channel()
    return {
      wait: () => receiver.next(),
      wake: () => void sender.close(),
      left: () => receiver.statistics().receiving,
    }
  },

  'an event of on': () => {
    const ears = new Ears()
    const receiver = on(ears, 'tick')
    return {
      wait: () => receiver.receive(),
      wake: () => void ears.dispatchEvent(new globalThis.Event('tick')),
      left: () => receiver.statistics().receiving,
    }
  },

  'a lock': () => locked(new Lock()),
  'a semaphore': () => locked(new Semaphore(1)),
  'a limiter': () => locked(new Limiter(1)),
  'a limiter that is raised': async () => {
    const limiter = new Limiter(1)
    await held(limiter)
    return {
      wait: () => limiter.acquire(),
      wake: () => {
        limiter.limit = 2
      },
      left: () => limiter.statistics().waiting,
    }
  },
  'the lock of a condition': () => locked(new Condition().lock),

  'an event': () => {
    const event = new Event()
    return { wait: () => event.wait(), wake: () => event.set(), left: () => event.statistics().waiting }
  },

  'a barrier': () => {
    const barrier = new Barrier(2)
    return {
      wait: () => barrier.wait(),
      wake: () =>
        void run(function* () {
          if (barrier.statistics().waiting > 0) yield* barrier.wait()
        }),
      left: () => barrier.statistics().waiting,
    }
  },

  'a bare promise': () => {
    const { promise, settle } = later()
    return { wait: () => wait(promise), wake: settle, left: none }
  },

  'a promise with a signal': () => {
    const { promise, settle } = later()
    return {
      wait: () =>
        wait(signal =>
          Promise.race([
            promise,
            new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
          ]),
        ),
      wake: settle,
      left: none,
    }
  },

  suspend: () => {
    const waiting = new Set<() => void>()
    return {
      wait: () =>
        suspend<void>(resume => {
          waiting.add(resume)
          return () => void waiting.delete(resume)
        }),
      wake: () => {
        for (const resume of waiting) resume()
        waiting.clear()
      },
      left: () => waiting.size,
    }
  },

  once: () => {
    const ears = new Ears()
    return {
      wait: () => once(ears, 'tick'),
      wake: () => void ears.dispatchEvent(new globalThis.Event('tick')),
      left: () => ears.count,
    }
  },

  forever: () => ({ wait: forever, left: none }),
}

async function locked(lock: Lock | Semaphore | Limiter): Promise<Way> {
  const letGo = await held(lock)
  return {
    wait: () => lock.acquire(),
    wake: () => void letGo(),
    left: () => lock.statistics().waiting,
  }
}

function later() {
  let settle!: () => void
  const promise = new Promise<void>(resolve => {
    settle = resolve
  })
  return { promise, settle }
}

/** Bodies that wait for an event, each in another way. */
const inside: Record<string, (wait: () => Co<void>) => Co<unknown>> = {
  'a call': wait =>
    co(function* (): Gen<void> {
      yield* wait()
    })(),
  'the end of a task': wait =>
    scope(function* () {
      yield* spawn(wait)
    }),
  'a scope that waits for its children': wait =>
    scope(() => {
      spawn(wait)
      spawn(wait)
    }),
  'the scope of a select': wait => scope(() => select({ it: wait(), never: forever() })),
  start: wait =>
    scope(() =>
      start(function* (ready) {
        yield* wait()
        ready(1)
      }),
    ),
  all: wait => all([wait, wait]),
  'all, a few at once': wait => all([wait, wait, wait], { concurrency: 2 }),
  allSettled: wait => allSettled([wait, wait]),
  'a race of tasks': wait => race([() => wait(), () => forever()]),
  any: wait => any([wait, () => forever()]),
  'select over one thing twice': wait => select({ one: wait(), two: wait(), never: forever() }),
  forEach: wait => forEach([1, 2, 3], wait, { concurrency: 2 }),
  'forEach over what is yet to come': wait =>
    forEach({ next: () => ending(wait), close: () => {} }, () => {}),
  retry: wait => retry(wait, { attempts: 3 }),
  use: wait => scope(() => use(wait, () => {})),
  within: wait => within(managed(), wait),
  'within, on the way in': wait => within(waiting(wait), () => {}),
  'the body of a lock': wait => new Lock().with(wait),
  'an async body': wait => all([async (signal: AbortSignal) => void (await run(wait, { signal }))]),
}

const managed = contextManager(function* () {
  yield 1
})

const waiting = contextManager(function* (wait: () => Co<void>) {
  yield* wait()
  yield 1
})

const ending = co(function* (wait: () => Co<void>): Gen<IteratorResult<never, undefined>> {
  yield* wait()
  return { done: true, value: undefined }
})

/** Every way to wait. */
export const ways: typeof operations = {
  ...operations,

  'a condition': () => {
    const condition = new Condition()
    return {
      wait: () => condition.lock.with(() => condition.wait()),
      wake: () => void run(condition.lock.with(() => condition.notify())),
      left: () => {
        const { waiting, lock } = condition.statistics()
        return waiting + lock.waiting + (lock.holder === undefined ? 0 : 1)
      },
    }
  },

  'a condition whose lock another holds when the notification comes': () => {
    const condition = new Condition()
    const { lock } = condition
    return {
      wait: () => lock.with(() => condition.wait()),
      wake: () =>
        void run(
          lock.with(function* () {
            condition.notifyAll()
            for (let i = 0; i < 3; i++) yield* select({ pause: sleep(0) })
          }),
        ),
      left: () => condition.statistics().waiting + lock.statistics().waiting,
    }
  },

  'the end of a task, joined from outside of its tree': () => {
    const { wait, open } = gate()
    const task = run(wait)
    const joining = co(function* (): Gen<void> {
      yield* task
    })
    return { wait: joining, wake: open, left: () => joiners(task) }
  },

  'an async iterable': () => {
    const [sender, receiver] = channel<number>(1)
    return {
      wait: () => forEach(toAsyncIterable(receiver.clone()), () => {}),
      wake: () => {
        sender.trySend(1)
        sender.close()
      },
      left: () => receiver.statistics().receiving,
    }
  },

  ...Object.fromEntries(
    Object.entries(inside).map(([name, waitInside]) => [
      name,
      () => {
        const event = new Event()
        return {
          wait: () => waitInside(() => event.wait()),
          wake: () => event.set(),
          left: () => event.statistics().waiting,
        }
      },
    ]),
  ),
}

import {
  all,
  Barrier,
  Condition,
  channel,
  co,
  Event,
  forever,
  Limiter,
  Lock,
  race,
  run,
  Semaphore,
  type Sender,
  scope,
  select,
  shield,
  sleep,
  spawn,
  suspend,
  type Task,
  wait,
} from 'omakase'

/** A program of its own, run by the tests of R44: prints what each case throws, and what of it was cleaned up. */
const receive = () => channel()[1].receive()

const log: string[] = []

const logged = co(function* (name: string, body: () => any) {
  try {
    return yield* body()
  } finally {
    log.push(name)
  }
})

const cases: Record<string, () => any> = {
  'a channel that nobody sends to': receive,
  'a channel that nobody receives from': () => channel()[0].send(1),
  *'two tasks that join each other'() {
    const first: Task<unknown> = spawn(() => logged('first', () => second), { name: 'first' })
    const second: Task<unknown> = spawn(() => logged('second', () => first), { name: 'second' })
  },
  *'a semaphore that is never released'() {
    const semaphore = new Semaphore(1)
    yield* semaphore.acquire()
    yield* semaphore.acquire()
  },
  *'two locks, taken in different order'() {
    const [a, b] = [new Lock(), new Lock()]
    const both = (first: Lock, second: Lock) =>
      first.with(function* () {
        yield* sleep(1)
        yield* second.with(() => sleep(1))
      })
    spawn(() => both(a, b), { name: 'left' })
    spawn(() => both(b, a), { name: 'right' })
  },
  'an event that nobody sets': () => new Event().wait(),
  *'a barrier that lacks one'() {
    const barrier = new Barrier(2)
    yield* barrier.wait()
  },
  *'a condition that nobody notifies'() {
    const condition = new Condition()
    yield* condition.lock.with(() => condition.wait())
  },
  *'a limiter without room'() {
    const limiter = new Limiter(1)
    yield* limiter.with(() => limiter.acquire())
  },
  *'a select'() {
    yield* select({ item: channel()[1].receive(), never: forever() })
  },
  'a race of a task and an operation': () =>
    race([
      function* runner() {
        yield* new Event().wait()
      },
      receive(),
    ]),
  *'a contestant that wants what is held around it'() {
    const lock = new Lock()
    yield* lock.with(() =>
      race([
        function* runner() {
          yield* lock.acquire()
        },
        forever(),
      ]),
    )
  },
  *'items that want what is held around them'() {
    const lock = new Lock()
    const items = [1, 2, 3].map(() => lock.with(() => sleep(1)))
    yield* lock.with(() => all(items, { concurrency: 2 }))
  },
  *'a child in a scope in a scope'() {
    yield* scope(function* () {
      yield* scope(function* () {
        spawn(() => logged('child', receive), { name: 'child' })
      })
    })
  },
  *'idle tasks beside one that receives'() {
    spawn(() => logged('idle', forever), { name: 'idle' })
    spawn(() => suspend(() => () => log.push('suspended')), { name: 'suspended' })
    spawn(() => wait(new Promise(() => {})), { name: 'promised' })
    spawn(receive, { name: 'receiver' })
  },
  *'a task that joins an idle one'() {
    yield* spawn(forever, { name: 'idle' })
  },
  *'many that wait for the same'() {
    const [, receiver] = channel()
    for (let i = 0; i < 100; i++) spawn(() => receiver.receive(), { name: 'one of many' })
  },
  'a shield': () => shield(receive),
  *'cleanup that waits, too'() {
    try {
      yield* receive()
    } finally {
      yield* receive()
    }
  },
  *'cleanup that takes its time'() {
    try {
      yield* receive()
    } finally {
      yield* sleep(20)
      log.push('after a while')
    }
  },
  *'one that is woken in time'() {
    const [sender, receiver] = channel<string>()
    spawn(function* () {
      yield* sleep(10)
      sender.trySend('woken')
    })
    log.push(yield* receiver.receive())
  },
}

let other: Sender<unknown> | undefined
async function twoRoots(): Promise<unknown[]> {
  const [a, b] = [channel(), channel()]
  other = a[0]
  const first = run(() => a[1].receive(), { name: 'one' })
  const second = run(() => b[1].receive(), { name: 'other' })
  return [await first.settled(), await second.settled()].map((exit: any) => exit.error?.name)
}

const results: Record<string, unknown> = {}
for (const [name, body] of Object.entries(cases)) {
  log.length = 0
  try {
    await run(body, { name: 'root' })
    results[name] = { log: [...log] }
  } catch (error) {
    const { name: kind, message } = error as Error
    results[name] = { kind, message, log: [...log] }
  }
}
results['two roots'] = await twoRoots()
void other
console.log(JSON.stringify(results))

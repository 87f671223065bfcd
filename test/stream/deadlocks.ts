import { Lock, run, sleep, spawn } from 'omakase'
import { broadcast, fan, forEach, map, merge, pipe, tee, toArray } from 'omakase/stream'

/** A program of its own, run by the tests of R44: prints what each case throws. */
const lock = () => new Lock()
const under = (lock: Lock, ms: number) =>
  forEach(() =>
    lock.with(function* () {
      yield* sleep(ms)
    }),
  )
/** Keeps the lock until its stream has ended. */
const keeping = (lock: Lock) => (stream: any) =>
  lock.with(() =>
    pipe(
      stream,
      forEach(() => sleep(1)),
    ),
  )

const cases: Record<string, () => any> = {
  'a broadcast one of whose sinks waits for what the other one holds'() {
    const shared = lock()
    return pipe([1, 2, 3], broadcast(keeping(shared), under(shared, 1)))
  },
  'a tee whose sink waits for what the stream holds'() {
    const shared = lock()
    return shared.with(() => pipe([1, 2, 3], tee(under(shared, 1)), toArray()))
  },
  'a fan whose calls wait for what their taker holds'() {
    const shared = lock()
    return shared.with(() =>
      pipe(
        fan([1, 2, 3], () => shared.with(() => sleep(1)), { workers: 2 }),
        toArray(),
      ),
    )
  },
  *'a stream that waits for what its reader holds'() {
    const shared = lock()
    yield* shared.with(function* () {
      const reader = pipe(
        [1],
        map(() => shared.with(() => sleep(1))),
      ).open()
      yield* reader.next()
    })
  },
  *'two sources that hold what the other one waits for'() {
    const [a, b] = [lock(), lock()]
    const both = (first: Lock, second: Lock) =>
      function* () {
        yield* first.acquire()
        yield* sleep(1)
        yield* second.acquire()
        yield 1
      }
    yield* pipe(merge(both(a, b), both(b, a)), toArray())
  },
  *'an opened stream of which nobody wants another item'() {
    const reader = pipe([1, 2]).open()
    yield* reader.next()
    const idle = spawn(() => sleep(5))
    yield* idle
  },
}

const results: Record<string, unknown> = {}
for (const [name, body] of Object.entries(cases)) {
  try {
    await run(body, { name: 'root' })
    results[name] = 'ended'
  } catch (error) {
    results[name] = (error as Error).message
  }
}
// Nobody asks it again, and nobody says so.
const iterator = pipe([1, 2])[Symbol.asyncIterator]()
await iterator.next()
process.on('exit', () => console.log(JSON.stringify(results)))

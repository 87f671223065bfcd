import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, co, forever, run, scope, sleep, spawn, timeout } from 'omakase'
import { thrownBy } from './thrown.js'

/** Each line of the stack: the function's name, or the line as it stands; the test's own file only. */
function tracedBy(error: Error): string[] {
  const at = error.stack!.indexOf('\n    ')
  const lines = error.stack!.slice(at + 1).split('\n')
  for (const line of lines) assert.doesNotMatch(line, /dist\/|node:internal/, error.stack)
  return lines.map(line => /at (\S+) \(.*traces\.test/.exec(line)?.[1] ?? line.trim())
}

const fetchPage = co(function* fetchPage() {
  yield* sleep(1)
  throw new Error('page')
})

const crawl = co(function* crawl() {
  yield* fetchPage()
})

function* worker() {
  yield* crawl()
}

test('an error that crosses tasks shows each suspended frame that it went through', async () => {
  const error = await thrownBy(
    run(function* main() {
      yield* scope(function* group() {
        spawn(worker)
        yield* forever()
      })
    }),
  )
  assert.deepEqual(tracedBy(error), ['fetchPage', 'crawl', 'worker', 'in task "worker"', 'main'])
})

test('an error that crosses three tasks names each', async () => {
  function* middle() {
    yield* spawn(worker)
  }
  function* outer() {
    yield* spawn(middle)
  }
  const error = await thrownBy(
    run(function* main() {
      yield* spawn(outer)
    }),
  )
  const lines = tracedBy(error)
  assert.deepEqual(
    lines.filter(line => line.startsWith('in task')),
    ['in task "worker"', 'in task "middle"', 'in task "outer"'],
  )
})

test('the lines are those at which the frames stood', async () => {
  const error = await thrownBy(run(worker))
  const places = error.stack
    .split('\n')
    .slice(1)
    .map((line: string) => /:(\d+):\d+\)$/.exec(line)![1])
  assert.equal(new Set(places).size, 3)
})

test('an error of a first step shows the same chain', async () => {
  const fails = co(function* fails() {
    throw new Error('at once')
  })
  const calls = co(function* calls() {
    yield* fails()
  })
  const error = await thrownBy(
    run(function* main() {
      yield* calls()
    }),
  )
  assert.deepEqual(tracedBy(error), ['fails', 'calls', 'main'])
})

test("an error of the runtime's own shows the line at which it arrived", async () => {
  const late = await thrownBy(
    run(function* main() {
      yield* timeout(1, forever)
    }),
  )
  assert.deepEqual(tracedBy(late), ['main'])
  const ended = await run(function* main() {
    const [sender, receiver] = channel()
    spawn(() => sender.close())
    try {
      yield* receiver.receive()
    } catch (error) {
      return error as Error
    }
    return assert.fail()
  })
  assert.deepEqual(tracedBy(ended), ['main'])
})

test('a frozen error, and what is no error, are thrown as they are', async () => {
  const frozen = Object.freeze(new Error('frozen'))
  for (const thrown of [frozen, 'text', undefined, null]) {
    const error = await thrownBy(
      run(function* () {
        yield* spawn(function* () {
          yield* sleep(0)
          throw thrown
        })
      }),
    )
    assert.equal(error, thrown)
  }
})

test('a long chain of calls is cut', async () => {
  const deep = co(function* deep(n: number): any {
    if (n > 0) yield* deep(n - 1)
    yield* sleep(1)
    throw new Error('deep')
  })
  const error = await thrownBy(run(() => deep(5000)))
  assert.ok(error.stack.split('\n').length < 70)
})

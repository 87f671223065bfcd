import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Co, checkpoint, forEach, moveOnAfter, run, scope, sleep } from 'omakase'
import { pipe, type Running, subprocess } from 'omakase/node'
import { linuxOnly, mark, processesWith, until } from './support/processes.js'
import { thrown } from './support/thrown.js'

const sh = (script: string, options = {}) => subprocess('sh', ['-c', script], options)

test('a started subprocess is written to and read from while it runs', async () => {
  await run(function* () {
    const cat = yield* subprocess('cat').start()
    assert.ok(cat.pid > 0)
    for (const text of ['one', 'two']) {
      yield* cat.stdin.send(text)
      assert.equal(String(yield* cat.stdout.receive()), text)
    }
    yield* cat.stdin.end()
    assert.deepEqual(yield* cat.stdout.next(), { done: true, value: undefined })
    const [status] = yield* cat.ended()
    assert.equal(status!.exitCode, 0)
  })
})

test('its scope waits for it; a daemon is stopped at the end', linuxOnly, async () => {
  const text = mark()
  const log: string[] = []
  await run(function* () {
    yield* scope(function* () {
      const child = yield* sh('sleep 0.2; echo done').start()
      child.ended()
      log.push('body')
    })
    log.push('scope')
    yield* scope(function* () {
      yield* subprocess('sleep', [text]).start({ daemon: true })
      log.push(`${processesWith(text).length} runs`)
    })
    log.push(`${processesWith(text).length} run`)
  })
  assert.deepEqual(log, ['body', 'scope', '1 runs', '0 run'])
})

test('a failure fails the scope in which it was started', async () => {
  const task = run(function* () {
    yield* sh('sleep 0.1; exit 3').start()
    yield* sleep(60_000)
  })
  await thrown(task, /exited with code 3$/)
})

test('the end by a signal that was sent from here is no failure', async () => {
  const statuses = await run(function* () {
    const child = yield* subprocess('sleep', ['1000']).start()
    child.signal('SIGINT')
    const other = yield* subprocess('sleep', ['1000']).start()
    yield* other.stop()
    return [...(yield* child.ended()), ...(yield* other.ended())]
  })
  assert.deepEqual(
    statuses.map(({ signal }) => signal),
    ['SIGINT', 'SIGTERM'],
  )
})

test('what is no signal is refused, and nothing is sent', async () => {
  const task = run(function* () {
    const child = yield* sh('exit 3').start()
    assert.throws(() => child.signal('toString' as never), {
      name: 'UsageError',
      message: /^signal got "toString"; give the name of a signal/,
    })
  })
  await thrown(task, /exited with code 3/)
})

test('what it wrote is there after its end, also when its scope has ended', async () => {
  const received: string[] = []
  let late!: Running
  await run(function* () {
    yield* scope(function* () {
      late = yield* sh('head -c 60000 /dev/zero; echo end').start()
      yield* late.ended()
    })
    yield* forEach(late.stdout, chunk => {
      received.push(String(chunk))
    })
  })
  assert.equal(received.join('').length, 60_004)
})

test('where nobody receives it has to wait, and nothing piles up', linuxOnly, async () => {
  await run(function* () {
    const yes = yield* subprocess('yes').start({ daemon: true })
    yield* sleep(200)
    assert.ok(yes.stdout.statistics().buffered <= 2 * 65_536)
    assert.equal(String(yield* yes.stdout.receive()).slice(0, 2), 'y\n')
  })
})

test('who stops receiving has no part in how it ends', async () => {
  await run(function* () {
    const yes = yield* subprocess('yes', [], { stderr: 'ignore' }).start()
    yield* yes.stdout.receive()
    yes.stdout.close()
    yield* yes.ended()
  })
})

test('writing to one that has closed its input is a BrokenError', async () => {
  await run(function* () {
    const child = yield* sh('exec <&-; sleep 0.5').start()
    yield* sleep(100)
    let sends: Co<void> | undefined
    yield* thrownBy(function* () {
      for (;;) {
        sends = child.stdin.send('x'.repeat(10_000))
        yield* sends
        yield* checkpoint()
      }
    })
  })
})

function* thrownBy(body: () => Generator<any, void, any>) {
  let message = ''
  try {
    yield* scope(body)
  } catch (error) {
    message = (error as Error).message
  }
  assert.match(message, /the stream takes no more/)
}

test('one that is not read can still be cancelled, and ends as it wishes', linuxOnly, async () => {
  const text = mark()
  const script = `trap 'head -c 1000000 /dev/zero; exit 0' TERM; while :; do echo ${text}; done`
  await run(() =>
    moveOnAfter(300, function* () {
      yield* sh(script).start()
    }),
  )
  assert.ok(await until(() => processesWith(text).length === 0))
})

test('a pipe can be started: the first is written to, the last is read', async () => {
  await run(function* () {
    const upper = yield* pipe(subprocess('cat'), subprocess('tr', ['a-z', 'A-Z'])).start()
    yield* upper.stdin.send('abc')
    upper.stdin.close()
    assert.equal(String(yield* upper.stdout.receive()), 'ABC')
    assert.equal((yield* upper.ended()).length, 2)
  })
})

test('a stream that is none is a UsageError where it is asked for', async () => {
  await run(function* () {
    const child = yield* subprocess('true', [], { stdin: 'ignore', stdout: 'ignore' }).start()
    for (const what of ['stdin', 'stdout', 'stderr'] as const)
      assert.throws(() => child[what], new RegExp(`\`true\` has no ${what} to use here; start it with`))
  })
})

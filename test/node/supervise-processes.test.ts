import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, sleep } from 'omakase'
import { subprocess, supervise } from 'omakase/node'
import { gone, isAlive, linuxOnly, mark, processesWith, until } from './support/processes.js'
import { thrown } from './support/thrown.js'

/** Milliseconds; examples/supervision does it for as long as you like. */
const KILLING = 1500

test('children that are killed in a loop are all run again, and counted', linuxOnly, async () => {
  const text = mark()
  const names = ['a', 'b', 'c']
  const kills = new Map(names.map(name => [name, 0]))
  await run(function* () {
    const supervisor = yield* supervise(
      names.map(name => ({ name, run: () => subprocess('sleep', [text]) })),
      { intensity: Infinity, delay: 10, maxDelay: 20 },
    )
    const until = performance.now() + KILLING
    while (performance.now() < until) {
      yield* sleep(5)
      const status = supervisor.status()[Math.floor(Math.random() * names.length)]!
      const [pid] = status.pids
      if (pid === undefined || !isAlive(pid)) continue
      process.kill(pid, 'SIGKILL')
      while (supervisor.status().some(({ pids }) => pids.includes(pid))) yield* sleep(1)
      kills.set(status.name, kills.get(status.name)! + 1)
    }
    while (!supervisor.status().every(({ pids }) => pids.length === 1)) yield* sleep(5)
    assert.deepEqual(
      supervisor.status().map(({ name, restarts }) => [name, restarts]),
      [...kills],
    )
    assert.equal(processesWith(`sleep\0${text}`).length, names.length)
    yield* supervisor.stop()
  })
  assert.ok([...kills.values()].every(count => count > 0))
  assert.deepEqual(processesWith(text), [])
})

test(
  'a subprocess that ignores SIGTERM is killed within the shutdown of its child, which is no error',
  linuxOnly,
  async () => {
    const text = mark()
    await run(function* () {
      const script = `trap '' TERM; while :; do sleep ${text}; done`
      const supervisor = yield* supervise([
        { name: 'stubborn', shutdown: 1500, run: () => subprocess('sh', ['-c', script]) },
      ])
      while (processesWith(`sleep\0${text}`).length === 0) yield* sleep(10)
      yield* supervisor.stop()
    })
    assert.ok(await gone(text))
  },
)

test('one whose own grace is longer is killed all the same', linuxOnly, async () => {
  const text = mark()
  const task = run(function* () {
    const script = `trap '' TERM; while :; do sleep ${text}; done`
    const supervisor = yield* supervise([
      { name: 'stubborn', shutdown: 50, run: () => subprocess('sh', ['-c', script], { grace: 60_000 }) },
    ])
    while (processesWith(`sleep\0${text}`).length === 0) yield* sleep(10)
    yield* supervisor.stop()
  })
  await thrown(task, /cleanup did not end within its grace of 50 ms/)
  assert.ok(await until(() => processesWith(text).length === 0))
})

test('a subprocess that cannot be started fails the supervisor with the reason', async () => {
  const task = run(function* () {
    yield* supervise([{ name: 'typo', run: () => subprocess('no-such-command') }], { delay: 1 })
  })
  await thrown(task, /^child "typo" ended once more after 3 restarts.*`no-such-command` could not be started/)
})

test(
  'a server is ready when it says so, is looked after, and is run again where it hangs',
  linuxOnly,
  async () => {
    const text = mark()
    const server = `
    // ${text}
    const server = require('net').createServer(socket => socket.end('hello'))
    server.listen(0, () => console.log(server.address().port))
    process.on('SIGUSR2', () => { for (;;); })`
    const ports: number[] = []
    await run(function* () {
      const supervisor = yield* supervise(
        [
          {
            name: 'server',
            *start(ready) {
              const running = yield* subprocess(process.execPath, ['-e', server]).start()
              ports.push(Number(yield* running.stdout.receive()))
              ready(ports.at(-1))
              yield* running.ended()
            },
            health: {
              check: async (port: number, signal: AbortSignal) => {
                const { connect } = await import('node:net')
                await new Promise((resolve, reject) => {
                  const socket = connect(port).on('data', resolve).on('error', reject)
                  signal.addEventListener('abort', () => socket.destroy(signal.reason))
                })
              },
              interval: 50,
              timeout: 300,
              failures: 2,
            },
          },
        ],
        { delay: 1 },
      )
      const [pid] = supervisor.status()[0]!.pids
      yield* sleep(200)
      assert.equal(supervisor.status()[0]!.restarts, 0)
      process.kill(pid!, 'SIGUSR2')
      while (ports.length < 2) yield* sleep(10)
      assert.equal(isAlive(pid!), false)
      yield* supervisor.stop()
    })
    assert.deepEqual(processesWith(text), [])
  },
)

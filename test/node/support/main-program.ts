import { inspect } from 'node:util'
import { channel, defer, forever, run, shield, sleep, spawn, type Task, use, wait } from 'omakase'
import { main, signals, subprocess, supervise } from 'omakase/node'

// A program of one kind or another, that tells what it does.
const [kind, argument] = process.argv.slice(2) as [string, string]
const say = (text: string) => process.stdout.write(`${text}\n`)

function* ready() {
  yield* use(
    () => say('ready'),
    () => say('cleaned'),
  )
}

const kinds: Record<string, () => void> = {
  value: () => main(() => 5),
  'exit code': () =>
    main(() => {
      process.exitCode = 7
    }),
  'left timers': () =>
    main(() => {
      setInterval(() => {}, 1000)
      say('done')
    }),
  fails: () =>
    main(function* () {
      yield* ready()
      throw new TypeError('no good', { cause: new Error('the cause') })
    }),
  'fails with text': () =>
    main(() => {
      throw 'just text'
    }),
  'fails with what cannot be shown': () =>
    main(() => {
      throw Object.assign(new Error('hidden'), {
        [inspect.custom]() {
          throw new Error('not shown')
        },
      })
    }),
  'fails with a proxy that was revoked': () =>
    main(() => {
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      throw proxy
    }),
  'is no body': () => main(5 as never),
  waits: () =>
    main(function* () {
      yield* ready()
      yield* forever()
    }),
  'waits in an async function': () =>
    main(async signal => {
      say('ready')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }),
  'waits in tasks': () =>
    main(function* () {
      yield* ready()
      spawn(forever)
      spawn(forever)
    }),
  'cleans without end': () =>
    main(function* () {
      defer(() => {
        say('cleaning')
        return forever()
      })
      say('ready')
      yield* forever()
    }),
  'has little grace': () =>
    main(
      function* () {
        defer(() => forever())
        say('ready')
        yield* forever()
      },
      { grace: 50 },
    ),
  'ends well all the same': () =>
    main(async signal => {
      say('ready')
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      return 'value'
    }),
  'fails in cleanup': () =>
    main(function* () {
      defer(() => {
        throw new Error('cleanup failed')
      })
      say('ready')
      yield* forever()
    }),
  uncaught: () =>
    main(function* () {
      yield* ready()
      setTimeout(() => {
        throw new Error('a stray error')
      })
      yield* forever()
    }),
  'uncaught undefined': () =>
    main(function* () {
      yield* ready()
      setTimeout(() => {
        throw undefined
      })
      yield* forever()
    }),
  rejection: () =>
    main(function* () {
      yield* ready()
      Promise.reject(new Error('a stray rejection'))
      yield* forever()
    }),
  'another root': () =>
    main(function* () {
      yield* ready()
      run(() => {
        throw new Error('another root failed')
      })
      yield* forever()
    }),
  'uncaught late': () =>
    main(function* () {
      setImmediate(() => {
        throw new Error('a late error')
      })
      yield* shield(() => sleep(20))
    }),
  writes: () => main(() => void process.stdout.write('x'.repeat(Number(argument)))),
  'writes without end': () =>
    main(function* () {
      for (;;) {
        say('line')
        yield* sleep(0)
      }
    }),
  twice: () => {
    main(function* () {
      yield* ready()
    })
    main(() => say('never'))
  },
  inside: () => main(() => main(() => say('never'))),
  'a signal before its first step': () => {
    main(function* () {
      yield* ready()
      yield* sleep(60_000)
      say('never')
    })
    process.kill(process.pid, 'SIGTERM')
  },
  'a signal in the first step': () =>
    main(function* () {
      yield* ready()
      process.kill(process.pid, 'SIGINT')
      yield* wait(new Promise(() => setInterval(() => {}, 1000)))
    }),
  'a signal while it starts children': () =>
    main(function* () {
      yield* supervise([
        { name: 'first', restart: 'temporary', run: ready },
        {
          name: 'second',
          start() {
            process.kill(process.pid, 'SIGTERM')
            return forever()
          },
        },
      ])
      say('never')
    }),
  'a signal while it starts a process': () =>
    main(function* () {
      yield* ready()
      process.kill(process.pid, 'SIGTERM')
      yield* subprocess('sleep', ['1000'])
      say('never')
    }),
  deadlock: () =>
    main(function* () {
      yield* ready()
      const [, receiver] = channel<string>()
      yield* receiver.receive()
    }),
  'a deadlock after a while': () =>
    main(function* () {
      const hangups = signals('SIGHUP')
      say('ready')
      yield* hangups.receive()
      hangups.close()
      const tasks: Task<unknown>[] = []
      tasks.push(
        spawn(() => tasks[1]!),
        spawn(() => tasks[0]!),
      )
    }),
  subprocess: () =>
    main(function* () {
      yield* ready()
      yield* subprocess('sleep', [argument])
    }),
  'receives signals': () =>
    main(function* () {
      const hangups = signals('SIGHUP', 'SIGUSR2')
      yield* ready()
      say(yield* hangups.receive())
      say(yield* hangups.receive())
      hangups.close()
    }),
  'gives a signal back': () =>
    main(function* () {
      const hangups = signals('SIGHUP')
      say('ready')
      yield* hangups.receive()
      hangups.close()
      say('given back')
      yield* forever()
    }),
}

kinds[kind]!()

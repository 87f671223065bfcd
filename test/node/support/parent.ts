import { all, run, sleep } from 'omakase'
import { subprocess } from 'omakase/node'
import { MANY } from './many.js'

// A parent that can be killed. What it starts is found by the text in its first argument.
const [text, kind] = process.argv.slice(2) as [string, string]
const forever = `trap '' TERM; while :; do sleep ${text}; done`

const kinds: Record<string, () => unknown> = {
  waits: () => run(() => subprocess('sleep', [text])),
  started: () =>
    run(function* () {
      yield* subprocess('sleep', [text]).start()
    }),
  'has many': () => run(() => all(Array.from({ length: MANY }, () => () => subprocess('sleep', [text])))),
  'ignores signals': () => run(() => subprocess('sh', ['-c', forever])),
  'has children': () => run(() => subprocess('sh', ['-c', `sleep ${text} & sleep ${text}; true`])),
  'holds the event loop': () => {
    whenTold(() => {
      for (;;);
    })
  },
  'starts without end': () =>
    run(() =>
      all(
        Array.from(
          { length: 4 },
          () =>
            function* () {
              for (;;) {
                yield* subprocess('sh', [
                  '-c',
                  `: ${text}; sleep 0.0${Math.floor(Math.random() * 10)}; exec sleep ${text}`,
                ]).start({ daemon: true })
                yield* sleep(Math.random() * 20)
              }
            },
        ),
      ),
    ),
  exits: () => whenTold(() => process.exit(3)),
  aborts: () => whenTold(() => process.abort()),
  throws: () =>
    whenTold(() => {
      throw new Error('uncaught')
    }),
}

function whenTold(act: () => void): void {
  process.once('SIGUSR2', act)
  run(() => subprocess('sleep', [text]))
}

kinds[kind]!()

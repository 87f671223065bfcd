import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { all, type Body, forEach, moveOnAfter, run, sleep } from 'omakase'
import { pipe, subprocess, supervise } from 'omakase/node'
import { gone, linuxOnly, mark, processesWith, until } from './support/processes.js'

const ROUNDS = 12

test('whenever it is cancelled, no process and no descriptor is left', linuxOnly, async () => {
  const text = mark()
  const sh = (script: string) => subprocess('sh', ['-c', `${script} # ${text}`])
  const bodies: Record<string, () => Body<unknown>> = {
    'runs to its end': () => () => sh('echo a; sleep 0.02; echo b'),
    'waits for ever': () => () => subprocess('sleep', [text]),
    'is fed': () => () => subprocess('sh', ['-c', `cat >/dev/null # ${text}`], { input: endless() }),
    'is a pipe': () => () => pipe(subprocess('yes', [text]), sh('cat'), sh('sleep 0.02; cat >/dev/null')),
    'is started': () =>
      function* () {
        const child = yield* subprocess('yes', [text], { stderr: 'ignore' }).start()
        yield* forEach(child.stdout, () => sleep(1))
      },
    'are several': () => () =>
      all([sh('sleep 0.01'), sh('sleep 1'), subprocess('yes', [text], { stdout: 'ignore' })]),
    'is supervised': () =>
      function* () {
        yield* supervise(
          [
            { name: 'a', run: () => subprocess('sleep', [text]) },
            { name: 'b', run: () => sh('sleep 0.01') },
          ],
          { intensity: Infinity, delay: 5 },
        )
      },
  }
  function* endless() {
    for (;;) yield 'x'.repeat(1000)
  }
  const descriptors = () => readdirSync('/proc/self/fd').length
  await run(() => sh('true'))
  const before = descriptors()
  for (const [what, body] of Object.entries(bodies)) {
    for (let round = 0; round < ROUNDS; round++) {
      await run(() => moveOnAfter(Math.random() * 40, body()))
      assert.ok(await until(() => processesWith(text).length === 0), `one that ${what}`)
    }
  }
  assert.ok(await gone(text))
  // What was closed in this turn is gone in the next.
  await sleep(50)
  assert.ok(descriptors() <= before + 2, `${before} descriptors before, ${descriptors()} after`)
})

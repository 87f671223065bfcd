import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { run } from 'omakase'
import { subprocess } from 'omakase/node'
import { MANY } from './support/many.js'
import { gone, linuxOnly, mark, processesWith, until } from './support/processes.js'

const program = fileURLToPath(new URL('./support/parent.js', import.meta.url))

const parents: ChildProcess[] = []
after(() => {
  // Where a test has failed before it came to that.
  for (const parent of parents) parent.kill('SIGKILL')
})

/** A parent and how many processes it takes to have begun. The parent itself has the text on its command line, too. */
async function parent(text: string, kind: string, atLeast: number): Promise<ChildProcess> {
  const process_ = spawn(process.execPath, [program, text, kind], { stdio: 'ignore' })
  parents.push(process_)
  assert.ok(await until(() => processesWith(text).length > atLeast))
  return process_
}

for (const [kind, count] of Object.entries({
  waits: 1,
  started: 1,
  'ignores signals': 2,
  'has children': 3,
  'holds the event loop': 1,
})) {
  test(`kill -9 of a parent leaves nothing: one that ${kind}`, linuxOnly, async () => {
    const text = mark()
    const { pid } = await parent(text, kind, count)
    if (kind === 'holds the event loop') process.kill(pid!, 'SIGUSR2')
    await pause(randomInt(400))
    process.kill(pid!, 'SIGKILL')
    assert.ok(await gone(text))
  })
}

test('kill -9 of a parent that is just starting one leaves nothing', linuxOnly, async () => {
  for (let round = 0; round < 5; round++) {
    const text = mark()
    const { pid } = await parent(text, 'starts without end', 1)
    await pause(randomInt(100))
    process.kill(pid!, 'SIGKILL')
    assert.ok(await gone(text))
  }
})

for (const kind of ['exits', 'throws', 'aborts']) {
  test(`a parent that ${kind} leaves nothing`, linuxOnly, async () => {
    const text = mark()
    const process_ = await parent(text, kind, 1)
    process_.kill('SIGUSR2')
    await once(process_, 'exit')
    assert.ok(await gone(text))
  })
}

test('kill -9 of the whole group of the parent leaves nothing', linuxOnly, async () => {
  const text = mark()
  const { pid } = spawn(process.execPath, [program, text, 'waits'], { stdio: 'ignore', detached: true })
  assert.ok(await until(() => processesWith(text).length > 1))
  process.kill(-pid!, 'SIGKILL')
  assert.ok(await gone(text))
})

test('a guard that is killed is replaced, and knows all that it has to', linuxOnly, async () => {
  const text = mark()
  const { pid } = await parent(text, 'has many', MANY)
  const guards = () => processesWith('omakase-guard').filter(guard => parentOf(guard) === pid)
  for (let death = 0; death < 2; death++) {
    const [first] = guards()
    process.kill(first!, 'SIGKILL')
    assert.ok(await until(() => guards().some(guard => guard !== first)))
  }
  process.kill(pid!, 'SIGKILL')
  assert.ok(await gone(text))
})

function parentOf(pid: number): number {
  try {
    return Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])
  } catch {
    return 0
  }
}

test('the guard keeps no process alive and goes with it', linuxOnly, async () => {
  const code = "import { subprocess } from 'omakase/node'; await subprocess('true'); console.log(process.pid)"
  const { stdout } = await run(() => subprocess(process.execPath, ['--input-type=module', '-e', code]))
  assert.ok(
    await until(() => processesWith('omakase-guard').every(guard => parentOf(guard) !== Number(stdout))),
  )
})

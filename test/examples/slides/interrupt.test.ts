import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../../../examples/slides/interrupt/main.js', import.meta.url))
const WORKERS = [1, 2, 3, 4].map(number => `worker ${number}`)

interface Program {
  readonly process: ChildProcess
  /** What all its processes have printed so far. */
  lines(): string[]
  /** Resolves when none of its processes has its output open any more. */
  ended(): Promise<unknown>
}

/** Starts it in a process group of its own, as a terminal does, and waits until all workers work. */
async function working(t: TestContext): Promise<Program> {
  const main = spawn(process.execPath, [file], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => {
    try {
      process.kill(-main.pid!, 'SIGKILL')
    } catch {} // Nobody is left.
  })
  const closed = once(main, 'close')
  let text = ''
  const lines = () => text.split('\n').filter(line => line !== '')
  for await (const chunk of main.stdout!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk
    if (WORKERS.every(worker => text.includes(`${worker} works`))) break
  }
  main.stdout!.on('data', chunk => {
    text += chunk
  })
  return { process: main, lines, ended: () => closed }
}

function assertAllCleanedUp(lines: readonly string[]): void {
  for (const worker of WORKERS) {
    const own = lines.filter(line => line.startsWith(worker) && !line.endsWith('works'))
    assert.deepEqual(own, [`${worker} is cancelled`, `${worker} cleans up`])
  }
}

test('Ctrl-C reaches main and its four workers; each cleans up, and main is the last', async t => {
  const program = await working(t)
  process.kill(-program.process.pid!, 'SIGINT')
  await program.ended()
  assertAllCleanedUp(program.lines())
  assert.deepEqual(program.lines().slice(-2), ['main is cancelled', 'main cleans up'])
  assert.equal(program.process.exitCode, 130)
})

test('an interrupt of main alone is passed on to its workers', async t => {
  const program = await working(t)
  program.process.kill('SIGINT')
  await program.ended()
  assertAllCleanedUp(program.lines())
  assert.deepEqual(program.lines().slice(-2), ['main is cancelled', 'main cleans up'])
  assert.equal(program.process.exitCode, 130)
})

test('the workers clean up and end when main is killed', async t => {
  const program = await working(t)
  program.process.kill('SIGKILL')
  await program.ended()
  assertAllCleanedUp(program.lines())
})

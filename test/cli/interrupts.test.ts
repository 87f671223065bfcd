import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, type Ended, omakase, start } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce, linesOf, notes } from './support/journal.js'
import { linuxOnly, remaining } from './support/processes.js'

const NOTE = `import { appendFileSync, existsSync } from 'node:fs'
const note = (file: string, text: unknown) => appendFileSync(file, text + '\\n')
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
`

/** The first three end at once; the others when there is a file `go`. */
const GATE = `${NOTE}
export default async (n: number) => {
  note('begun.txt', n)
  while (n > 3 && !existsSync('go')) await pause(5)
  return n
}`

const ALL = ['--range', '1..40', '--concurrency', '4', '-o', 'o.jsonl']

async function hasBegun(cwd: string, count: number): Promise<void> {
  while (notes(join(cwd, 'begun.txt')).length < count) await pause(5)
}

async function assertNothingLeft({ mark }: Command): Promise<void> {
  if (process.platform === 'linux') assert.deepEqual(await remaining(mark), [])
}

function begin(t: TestContext, fn: string, args: readonly string[] = ALL): { cwd: string; command: Command } {
  const cwd = folder(t, { 'fn.ts': fn })
  return { cwd, command: start(t, ['map', 'fn.ts', ...args], { cwd }) }
}

/** Goes on to the end, and finds each item in the file once. */
async function resumes(t: TestContext, cwd: string): Promise<Ended> {
  writeFileSync(join(cwd, 'go'), '')
  const ended = await omakase(t, ['map', 'fn.ts', ...ALL, '--resume'], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assertEachOnce(join(cwd, 'o.jsonl'), 40)
  assert.deepEqual(
    readdirSync(cwd).filter(name => name.includes('omakase')),
    [],
  )
  return ended
}

describe('an interrupted run', { concurrency: 3 }, () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    test(`lets what runs end at the first ${signal}, begins nothing, and exits with ${code}`, async t => {
      const { cwd, command } = begin(t, GATE)
      await hasBegun(cwd, 7)
      command.interrupt(signal)
      await command.says(/letting what runs end/)
      writeFileSync(join(cwd, 'go'), '')
      const ended = await command.ended
      assert.equal(ended.code, code)
      assert.match(ended.stderr, /^go on +the same command with --resume goes on with o\.jsonl$/m)
      await assertNothingLeft(command)
      const done = linesOf(join(cwd, 'o.jsonl')).map(({ input }) => input)
      assert.deepEqual(done.sort(), [1, 2, 3, 4, 5, 6, 7])
      await resumes(t, cwd)
      // Nothing was executed twice, either.
      assert.equal(notes(join(cwd, 'begun.txt')).length, 40)
    })
  }

  test('is cancelled by the second: cleanup runs, what had ended is in the file, and no more', async t => {
    const { cwd, command } = begin(
      t,
      `import { co, sleep } from 'omakase'
      ${NOTE}
      const waiting = co(function* (n: number) {
        try {
          while (!existsSync('go')) yield* sleep(5)
        } finally {
          yield* sleep(20)
          note('left.txt', n)
        }
        return n
      })
      export default (n: number) => {
        note('begun.txt', n)
        return n > 3 ? waiting(n) : n
      }`,
    )
    await hasBegun(cwd, 7)
    command.interrupt()
    await command.says(/letting what runs end/)
    command.interrupt()
    assert.equal((await command.ended).code, 130)
    await assertNothingLeft(command)
    assert.deepEqual(notes(join(cwd, 'left.txt')).sort(), ['4', '5', '6', '7'])
    assert.deepEqual(
      linesOf(join(cwd, 'o.jsonl'))
        .map(({ input }) => input)
        .sort(),
      [1, 2, 3],
    )
    await resumes(t, cwd)
    assert.equal(notes(join(cwd, 'begun.txt')).length, 44)
  })

  test('is killed by the third, whatever its cleanup does', async t => {
    const { cwd, command } = begin(
      t,
      `import { co, forever } from 'omakase'
      ${NOTE}
      const staying = co(function* (n: number) {
        try {
          yield* forever()
        } finally {
          if (!existsSync('go')) {
            note('cleaning.txt', n)
            yield* forever()
          }
        }
      })
      export default (n: number) => {
        note('begun.txt', n)
        return n > 3 && !existsSync('go') ? staying(n) : n
      }`,
    )
    await hasBegun(cwd, 7)
    command.interrupt()
    await command.says(/letting what runs end/)
    command.interrupt()
    while (notes(join(cwd, 'cleaning.txt')).length < 4) await pause(5)
    command.interrupt()
    assert.equal((await command.ended).code, 130)
    await assertNothingLeft(command)
    assert.deepEqual(
      linesOf(join(cwd, 'o.jsonl'))
        .map(({ input }) => input)
        .sort(),
      [1, 2, 3],
    )
    await resumes(t, cwd)
  })

  const deaf: Record<string, string> = {
    'ignores its cancellation': 'await new Promise(() => setInterval(() => {}, 1000))',
    'looks at its signal and goes on (slow)':
      'signal.aborted; await new Promise(() => setInterval(() => {}, 1000))',
    'blocks the event loop (slow)': 'for (;;);',
    'sits in a synchronous call (slow)': `execSync('sleep 1000')`,
  }
  for (const [what, code] of Object.entries(deaf)) {
    for (const on of ['loop', 'processes']) {
      test(`ends at the second also where the function ${what}, on ${on}`, async t => {
        const { cwd, command } = begin(
          t,
          `import { execSync } from 'node:child_process'
          ${NOTE}
          export default async (n: number, { signal }: { signal: AbortSignal }) => {
            note('begun.txt', n)
            if (n <= 2 || existsSync('go')) return n
            ${code}
          }`,
          ['--range', '1..40', '--on', on, '--concurrency', '2', '-o', 'o.jsonl'],
        )
        await hasBegun(cwd, 3)
        command.interrupt('SIGTERM')
        await command.says(/letting what runs end/)
        command.interrupt('SIGTERM')
        assert.equal((await command.ended).code, 143)
        await assertNothingLeft(command)
        // The second is async: where the third holds the loop it cannot have ended.
        assert.deepEqual(
          linesOf(join(cwd, 'o.jsonl'))
            .filter(({ input }) => input !== 2)
            .map(({ input }) => input),
          [1],
        )
        await resumes(t, cwd)
      })
    }
  }

  test('comes to its end by itself, each stage turning into the next after ten seconds (slow)', async t => {
    const { cwd, command } = begin(
      t,
      `import { co, forever } from 'omakase'
      ${NOTE}
      const staying = co(function* (n: number) {
        try {
          yield* forever()
        } finally {
          note('cleaning.txt', n)
          yield* forever()
        }
      })
      export default (n: number) => {
        note('begun.txt', n)
        return existsSync('go') ? n : staying(n)
      }`,
    )
    await hasBegun(cwd, 1)
    command.interrupt('SIGHUP')
    const { code, stderr } = await command.ended
    assert.equal(code, 129)
    const stages = [...stderr.matchAll(/letting what runs end|cancelling|killing/g)].map(([stage]) => stage)
    assert.deepEqual([...new Set(stages)], ['letting what runs end', 'cancelling', 'killing'])
    assert.ok(existsSync(join(cwd, 'cleaning.txt')))
    await assertNothingLeft(command)
    await resumes(t, cwd)
  })

  test('has no line for an item that failed and has retries left: it is run again', async t => {
    const { cwd, command } = begin(
      t,
      `${NOTE}
      export default async (n: number) => {
        note('begun.txt', n)
        if (existsSync('go')) return n
        while (!existsSync('fail')) await pause(5)
        throw new Error('not yet')
      }`,
      [...ALL, '--retries', '5'],
    )
    await hasBegun(cwd, 4)
    command.interrupt()
    await command.says(/letting what runs end/)
    writeFileSync(join(cwd, 'fail'), '')
    assert.equal((await command.ended).code, 130)
    assert.deepEqual(linesOf(join(cwd, 'o.jsonl')), [])
    await resumes(t, cwd)
  })

  test('ends at the third while the module is still loading', async t => {
    const { cwd, command } = begin(
      t,
      `${NOTE}
      export const setup = () => {
        note('begun.txt', 'setup')
        return new Promise(() => setInterval(() => {}, 1000))
      }
      export default (n: number) => n`,
    )
    await hasBegun(cwd, 1)
    for (let n = 0; n < 3; n++) {
      command.interrupt()
      await pause(50)
    }
    assert.equal((await command.ended).code, 130)
    await assertNothingLeft(command)
    assert.deepEqual(linesOf(join(cwd, 'o.jsonl')), [])
  })

  test('ends at the first where it waits for input', async t => {
    const cwd = folder(t)
    const command = start(t, ['map', '-e', 's => s', '-o', 'o.jsonl'], { cwd })
    command.child.stdin.write('a\n')
    while (linesOf(join(cwd, 'o.jsonl')).length < 1) await pause(5)
    command.interrupt('SIGTERM')
    assert.equal((await command.ended).code, 143)
    await assertNothingLeft(command)
  })

  test('ends at the third where nobody takes what is to be written', linuxOnly, async t => {
    const cwd = folder(t, { 'fn.ts': `export default (n: number) => 'x'.repeat(1000)` })
    const command = start(t, ['map', 'fn.ts', '--range', '1..1000000'], { cwd })
    await command.prints(/./)
    command.child.stdout.pause()
    await pause(300)
    for (let n = 0; n < 3; n++) {
      command.interrupt('SIGTERM')
      await pause(50)
    }
    const { exitCode } = await new Promise<{ exitCode: number | null }>(resolve =>
      command.child.on('exit', exitCode => resolve({ exitCode })),
    )
    assert.equal(exitCode, 143)
    await assertNothingLeft(command)
  })

  test('says nothing of --resume where there is no file to go on with', async t => {
    const { cwd, command } = begin(t, GATE, ['--range', '1..40', '--concurrency', '4'])
    await hasBegun(cwd, 7)
    command.interrupt()
    await command.says(/letting what runs end/)
    writeFileSync(join(cwd, 'go'), '')
    const { code, stderr, lines } = await command.ended
    assert.equal(code, 130)
    assert.equal(lines.length, 7)
    assert.doesNotMatch(stderr, /--resume/)
  })
})

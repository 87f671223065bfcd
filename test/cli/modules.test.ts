import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { omakase, outputs } from './support/command.js'
import { folder } from './support/folder.js'

const NOTE = `import { appendFileSync, readFileSync } from 'node:fs'
const note = (text: string) => appendFileSync('notes.txt', text + '\\n')
`

function notes(cwd: string): string[] {
  return readFileSync(join(cwd, 'notes.txt'), 'utf8').trimEnd().split('\n')
}

describe('what a module may say', { concurrency: 3 }, () => {
  test('setup runs once in each worker, its resource is given to each item, and teardown gets it', async t => {
    const cwd = folder(t, {
      'pool.ts': `${NOTE}
        export const setup = async () => { note('setup'); return { pid: process.pid } }
        export const teardown = async (resource: { pid: number }) => {
          await new Promise(resolve => setTimeout(resolve, 20))
          note('teardown ' + (resource.pid === process.pid))
        }
        export default (n: number, { resource }: { resource: { pid: number } }) => {
          // However long the second worker takes to start, there is something left for it.
          const end = Date.now() + 20_000
          while (n > 100 && Date.now() < end && readFileSync('notes.txt', 'utf8').split('setup').length < 3);
          return resource.pid === process.pid
        }`,
    })
    const { lines } = await omakase(
      t,
      ['map', 'pool.ts', '--range', '1..200', '--on', 'processes', '--workers', '2'],
      { cwd },
    )
    assert.equal(lines.length, 200)
    assert.ok(lines.every(({ output }) => output === true))
    assert.deepEqual(notes(cwd).sort(), ['setup', 'setup', 'teardown true', 'teardown true'])
  })

  test('the function gets its place, the attempt, a signal, log and progress', async t => {
    const cwd = folder(t, {
      'context.ts': `export default (input: string, context: any) => {
        const { index, attempt, signal, resource, log, progress } = context
        progress(0.5)
        return { index, attempt, aborted: signal.aborted, isSignal: signal instanceof AbortSignal,
          resource: resource === undefined, log: typeof log }
      }`,
    })
    const { lines } = await omakase(t, ['map', 'context.ts', '--args', 'a', 'b'], { cwd })
    const common = { attempt: 1, aborted: false, isSignal: true, resource: true, log: 'function' }
    assert.deepEqual(outputs({ lines }), [
      { index: 0, ...common },
      { index: 1, ...common },
    ])
  })

  test('the module sets defaults by its options, and the command line wins', async t => {
    const cwd = folder(t, {
      'slow.ts': `export const options = { timeout: '100ms', retries: 1 }
        export default (n: number, { attempt }: { attempt: number }) =>
          new Promise(resolve => setTimeout(resolve, attempt === 1 ? 400 : 1, attempt))`,
    })
    const module = await omakase(t, ['map', 'slow.ts', '--args', 'x'], { cwd })
    assert.equal(module.lines[0]?.output, 2)
    const line = await omakase(t, ['map', 'slow.ts', '--args', 'x', '--timeout', '30s'], { cwd })
    assert.equal(line.lines[0]?.output, 1)
  })

  test('options.concurrency of the module bounds the items at once, and the command line wins', async t => {
    const cwd = folder(t, {
      'many.ts': `export const options = { concurrency: 3 }
        let now = 0
        export default async () => {
          now++
          await new Promise(resolve => setTimeout(resolve, 20))
          return now--
        }`,
    })
    const peak = async (...more: string[]) => {
      const { lines } = await omakase(t, ['map', 'many.ts', '--range', '1..60', ...more], { cwd })
      assert.equal(lines.length, 60)
      return Math.max(...lines.map(({ output }) => output))
    }
    assert.equal(await peak(), 3)
    assert.equal(await peak('--concurrency', '7'), 7)
  })

  test('a coroutine function runs on the runtime, and its timeout runs its finally', async t => {
    const cwd = folder(t, {
      'co.ts': `import { co, sleep } from 'omakase'
        ${NOTE}
        export default co(function* (n: number) {
          try {
            yield* sleep(n === 2 ? 60_000 : 1)
            return n * 10
          } finally {
            yield* sleep(1)
            note('left ' + n)
          }
        })`,
    })
    const { lines } = await omakase(t, ['map', 'co.ts', '--range', '1..3', '--timeout', '900ms'], { cwd })
    assert.deepEqual(outputs({ lines }), [10, undefined, 30])
    assert.equal(lines.find(({ index }) => index === 1)?.error?.name, 'TimeoutError')
    assert.deepEqual(notes(cwd).sort(), ['left 1', 'left 2', 'left 3'])
  })

  test('a bare generator function is a coroutine, too', async t => {
    const cwd = folder(t, {
      'gen.ts': `import { all, sleep } from 'omakase'
        export default function* (n: number) {
          yield* all([sleep(1), sleep(2)])
          return n + 1
        }`,
    })
    const { lines } = await omakase(t, ['map', 'gen.ts', '--range', '1..3'], { cwd })
    assert.deepEqual(outputs({ lines }), [2, 3, 4])
  })

  test('late errors, rejections nobody handles and chdir do no harm to the other items', async t => {
    const cwd = folder(t, {
      'late.ts': `export default (n: number) => {
        if (n === 2) setTimeout(() => { throw new Error('late') }, 1)
        if (n === 3) Promise.reject(new Error('unhandled'))
        if (n === 4) process.chdir('/')
        return new Promise(resolve => setTimeout(resolve, 20, n))
      }`,
    })
    const { lines } = await omakase(t, ['map', 'late.ts', '--range', '1..6', '-o', 'o.jsonl'], { cwd })
    assert.deepEqual(lines, [])
    const written = readFileSync(join(cwd, 'o.jsonl'), 'utf8')
    assert.equal(written.trimEnd().split('\n').length, 6)
    for (const n of [1, 4, 5, 6]) assert.match(written, new RegExp(`"output":${n}}`))
  })

  test('explain says what was measured, the rule, and the time of each plan, and writes nothing', async t => {
    const cwd = folder(t, {
      'busy.ts': `export default () => { const end = performance.now() + 20; while (performance.now() < end); }`,
    })
    const { stdout, code } = await omakase(
      t,
      ['explain', 'busy.ts', '--range', '1..1000', '--report', 'r.json'],
      {
        cwd,
      },
    )
    assert.equal(code, 0)
    for (const label of ['computes', 'measured', 'rule', 'plan', 'predicted for 1,000 items'])
      assert.ok(stdout.includes(label), stdout)
    assert.doesNotMatch(stdout, /"index"/)
    assert.equal(JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')).measured.items > 0, true)
  })
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { omakase, outputs, sorted, start } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce, linesOf } from './support/journal.js'
import { linuxOnly, remaining } from './support/processes.js'

const BUSY = 'const end = performance.now() + 1; while (performance.now() < end);'
const ALL = Array.from({ length: 200 }, (_, i) => i)

describe('--on threads', { concurrency: 2 }, () => {
  test('runs in threads of one process, which is not the command', async t => {
    const cwd = folder(t, {
      'fn.ts': `import { threadId } from 'node:worker_threads'
        export default (n: number) => { ${BUSY} return [process.pid, process.ppid, threadId] }`,
    })
    const command = start(
      t,
      ['map', 'fn.ts', '--range', '0..199', '--on', 'threads', '--workers', '2', '--report', 'r.json'],
      { cwd },
    )
    command.child.stdin.end()
    const given = outputs(await command.ended) as [pid: number, parent: number, thread: number][]
    assert.equal(new Set(given.map(([pid]) => pid)).size, 1)
    assert.deepEqual([...new Set(given.map(([, parent]) => parent))], [command.child.pid])
    assert.equal(new Set(given.map(([, , thread]) => thread)).size, 2)
    const { plan } = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'))
    assert.deepEqual([plan.executor, plan.workers], ['threads', 2])
  })

  test('what a thread cannot do, and a process can, is said to be so', async t => {
    const cwd = folder(t, { 'fn.ts': `process.chdir('/')\nexport default (n: number) => n` })
    const args = ['map', 'fn.ts', '--range', '1..3']
    const inThreads = await omakase(t, [...args, '--on', 'threads'], { cwd })
    assert.equal(inThreads.code, 2)
    assert.match(inThreads.stderr, /chdir\(\) is not supported in workers[\s\S]*leave --on threads .*out/)
    assert.equal((await omakase(t, [...args, '--on', 'processes'], { cwd })).code, 0)
  })

  for (const batch of ['1', '50']) {
    for (const [what, code, name] of [
      ['ends the process of all', `process.kill(process.pid, 'SIGSEGV')`, 'WorkerDied'],
      ['ends its thread', 'process.exit(3)', 'WorkerDied'],
      ['ends its thread as if nothing were', 'process.exit(0)', 'WorkerDied'],
      ['never gives its event loop back', 'for (;;);', 'TimeoutError'],
      ['sits in a synchronous call', `execSync('sleep 60')`, 'TimeoutError'],
    ] as const) {
      test(`an item that ${what} is blamed alone, in batches of ${batch}`, linuxOnly, async t => {
        const cwd = folder(t, {
          'fn.ts': `import { execSync } from 'node:child_process'
            export default (n: number) => { ${BUSY} if (n === 77) { ${code} } return n }`,
        })
        const args = [
          'map',
          'fn.ts',
          '--range',
          '0..199',
          '--on',
          'threads',
          '--workers',
          '2',
          '--batch',
          batch,
        ]
        const command = start(t, [...args, '--timeout', '900ms'], { cwd })
        command.child.stdin.end()
        const { lines } = await command.ended
        assert.deepEqual(
          sorted(lines).map(line => line.index),
          ALL,
        )
        assert.deepEqual(
          sorted(lines).flatMap(line => (line.error ? [[line.index, line.error.name]] : [])),
          [[77, name]],
        )
        assert.deepEqual(await remaining(command.mark), [])
      })
    }
  }

  for (const [isolate, executor] of [
    ['false', 'threads'],
    ['true', 'processes'],
  ] as const) {
    test(`isolate: ${isolate} in a module's options leads to ${executor}`, async t => {
      const cwd = folder(t, {
        'fn.ts': `export const options = { isolate: ${isolate} }
          export default (n: number) => { ${BUSY} if (n === 150) process.exit(3); return n }`,
      })
      const args = ['map', 'fn.ts', '--range', '0..199', '--workers', '2', '--report', 'r.json']
      const { lines } = await omakase(t, args, { cwd })
      assert.equal(lines.length, 200)
      assert.deepEqual(
        lines.filter(line => line.error).map(line => line.index),
        [150],
      )
      assert.equal(JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')).plan.executor, executor)
    })
  }

  test('two that kill the process are blamed, and none of those beside them', async t => {
    const cwd = folder(t, {
      'fn.ts': `export default async (n: number) => {
        await new Promise(resolve => setTimeout(resolve, 5))
        if (n === 20 || n === 21) process.kill(process.pid, 'SIGKILL')
        return n
      }`,
    })
    const { lines } = await omakase(
      t,
      ['map', 'fn.ts', '--range', '0..99', '--on', 'threads', '--workers', '2', '--concurrency', '8'],
      { cwd },
    )
    assert.equal(lines.length, 100)
    assert.deepEqual(
      sorted(lines).flatMap(line => (line.error ? [[line.index, line.error.name]] : [])),
      [
        [20, 'WorkerDied'],
        [21, 'WorkerDied'],
      ],
    )
  })

  test('what is printed goes to standard error, by whatever way', async t => {
    const cwd = folder(t, {
      'fn.ts': `import { writeSync } from 'node:fs'
        export default (n: number, { log }: any) => { console.log('c' + n); writeSync(1, 'w' + n + '\\n'); log('l' + n) }`,
    })
    const run = await omakase(t, ['map', 'fn.ts', '--range', '1..2', '--on', 'threads'], { cwd })
    assert.equal(run.lines.length, 2)
    for (const word of ['c1', 'w1', 'l1', 'c2', 'w2', 'l2'])
      assert.match(run.stderr, new RegExp(`^${word}$`, 'm'))
  })

  test('a module that cannot be used is told as anywhere', async t => {
    const cwd = folder(t, {
      'fn.ts': `export const setup = () => { throw new Error('no') }; export default () => 1`,
    })
    const run = await omakase(t, ['map', 'fn.ts', '--range', '1..2', '--on', 'threads'], { cwd })
    assert.equal(run.code, 2)
    assert.match(run.stderr, /setup\(\)/)
  })

  for (const code of ['for (;;);', `execSync('sleep 60')`]) {
    test(`host and threads end with the command, also in ${code}`, linuxOnly, async t => {
      const cwd = folder(t, {
        'fn.ts': `import { execSync } from 'node:child_process'
          export default async (n: number) => {
            await new Promise(resolve => setTimeout(resolve, 30 * n))
            if (n > 3) { ${code} }
            return n
          }`,
      })
      const command = start(
        t,
        [
          'map',
          'fn.ts',
          '--range',
          '0..99',
          '--on',
          'threads',
          '--workers',
          '2',
          '--batch',
          '1',
          '-o',
          'out',
        ],
        { cwd },
      )
      command.child.stdin.end()
      while (linesOf(join(cwd, 'out')).length < 3) await new Promise(resolve => setTimeout(resolve, 5))
      command.child.kill('SIGKILL')
      await command.ended
      assert.deepEqual(await remaining(command.mark), [])
    })
  }

  test(
    '--resume goes on after the host was killed from outside, and after the command was',
    linuxOnly,
    async t => {
      const cwd = folder(t, {
        'fn.ts': `import { writeFileSync } from 'node:fs'
        writeFileSync('host', String(process.pid))
        export default (n: number) => { ${BUSY} return n }`,
      })
      const args = [
        'map',
        'fn.ts',
        '--range',
        '0..999',
        '--on',
        'threads',
        '--workers',
        '2',
        '--batch',
        '5',
        '-o',
        'out',
      ]
      const command = start(t, args, { cwd })
      command.child.stdin.end()
      const until = async (count: number) => {
        while (linesOf(join(cwd, 'out')).length < count) await new Promise(resolve => setTimeout(resolve, 5))
      }
      await until(50)
      process.kill(Number(readFileSync(join(cwd, 'host'), 'utf8')), 'SIGKILL')
      await until(200)
      command.child.kill('SIGKILL')
      await command.ended
      const { code } = await omakase(t, [...args, '--resume'], { cwd })
      assert.equal(code, 0)
      assertEachOnce(join(cwd, 'out'), 1000)
    },
  )
})

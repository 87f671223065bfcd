import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startDirectly } from '#src/map/exec/directly.js'
import { perl } from '#src/map/exec/perl.js'
import { Lost, type Start } from '#src/map/exec/process.js'
import { python } from '#src/map/exec/python.js'
import { Spawner } from '#src/map/exec/spawner.js'
import { template } from '#src/map/exec/template.js'
import { folder } from '../../cli/support/folder.js'
import { linuxOnly } from '../../cli/support/processes.js'
import { hostile, random } from './support/hostile.js'
import { isRunning, Run } from './support/run.js'

const helpers = [
  ['Perl', perl, { skip: !perl.isHere() && 'there is no /usr/bin/perl' }],
  ['Python', python, { skip: !python.isHere() && 'there is no /usr/bin/python3 of Linux' }],
] as const

const shared: Spawner[] = []

const ways: readonly (readonly [string, Start, object])[] = [
  ['directly', startDirectly, {}],
  ...helpers.map(([name, helper, isHere]) => {
    let spawner: Spawner | undefined
    const start: Start = (words, events) => {
      if (spawner === undefined) {
        spawner = new Spawner(helper)
        shared.push(spawner)
      }
      return spawner.start(words, events)
    }
    return [`by ${name}`, start, isHere] as const
  }),
]

for (const [way, start, options] of ways) {
  describe(`a command that is started ${way}`, options, () => {
    const run = (...words: [string, ...string[]]) => new Run(start, words).ended

    test('gets its arguments as they are', async () => {
      const chars = random(7)
      for (let i = 0; i < 20; i++) {
        const args = Array.from({ length: 1 + chars(5) }, () => hostile(chars))
        const { stdout } = await run('printf', '%s\\0', ...args)
        assert.deepEqual(stdout.split('\0').slice(0, -1), args)
      }
    })

    test('has the input where the template has {}, whatever is in it', async () => {
      const chars = random(11)
      const made = template(`printf '%s\\0' 'a {}' "b"{} c`, false)
      for (let i = 0; i < 20; i++) {
        const input = hostile(chars)
        const { stdout } = await run(...made(input))
        assert.deepEqual(stdout.split('\0').slice(0, -1), [`a ${input}`, `b${input}`, 'c'])
      }
    })

    test('tells all that it writes, each on its own pipe', async () => {
      const { stdout, stderr } = await run('sh', '-c', 'seq 200000; seq 3 >&2')
      const lines = stdout.split('\n')
      assert.equal(lines.length, 200_001)
      assert.equal(lines[199_999], '200000')
      assert.equal(stderr, '1\n2\n3\n')
    })

    test('has an empty standard input', async () => {
      assert.equal((await run('cat')).stdout, '')
    })

    test('ends with its code or its signal', async () => {
      assert.deepEqual((await run('true')).exit, [0, null])
      assert.deepEqual((await run('sh', '-c', 'exit 137')).exit, [137, null])
      assert.deepEqual((await run('sh', '-c', 'kill -KILL $$')).exit, [null, 'SIGKILL'])
      assert.deepEqual((await run('sh', '-c', 'kill -USR1 $$')).exit, [null, 'SIGUSR1'])
    })

    test('that cannot be started says why', async t => {
      const plain = join(folder(t, { plain: '' }), 'plain')
      writeFileSync(plain, '', { mode: 0o600 })
      const code = async (...words: [string, ...string[]]) => (await run(...words)).error?.code
      assert.equal(await code('no-such-command-here'), 'ENOENT')
      assert.equal(await code(plain), 'EACCES')
      assert.equal(await code('true', 'x'.repeat(300_000)), 'E2BIG')
      assert.equal(await code('true', 'a\0b'), 'ERR_INVALID_ARG_VALUE')
    })

    test('leads a group, and what it leaves behind ends with it', linuxOnly, async () => {
      const { stdout } = await run('sh', '-c', 'sleep 60 & echo $! $$ $(cut -d" " -f5 /proc/$$/stat)')
      const [left, own, group] = stdout.trim().split(' ').map(Number)
      assert.equal(group, own)
      while (isRunning(left!)) await pause(5)
    })

    test('can be ended, and ends whole', async () => {
      const sleeping = new Run(start, ['sh', '-c', 'sleep 60 & echo begun; wait'])
      while (sleeping.stdout === '') await pause(2)
      sleeping.process.signal('SIGTERM')
      assert.deepEqual((await sleeping.ended).exit, [null, 'SIGTERM'])
    })

    test('tells that it has ended while another still holds its output', linuxOnly, async t => {
      const left = join(folder(t), 'left')
      const script =
        'setsid sh -c "touch $1; exec sleep 60" & until [ -e "$1" ]; do sleep 0.01; done; echo $!'
      const holding = new Run(start, ['sh', '-c', script, 'sh', left])
      while (holding.exit === null || holding.stdout === '') await pause(2)
      assert.equal(holding.isClosed, false)
      holding.process.close()
      process.kill(Number(holding.stdout), 'SIGKILL')
    })

    test('may close its outputs and go on', async () => {
      const { exit, isClosed } = await run('sh', '-c', 'exec >&- 2>&-; sleep 0.1; exit 3')
      assert.deepEqual([exit, isClosed], [[3, null], true])
    })

    test('may be one of many', async () => {
      const all = await Promise.all(Array.from({ length: 150 }, (_, i) => run('echo', String(i))))
      assert.deepEqual(
        all.map(({ stdout }) => stdout.trim()),
        Array.from({ length: 150 }, (_, i) => String(i)),
      )
    })
  })
}

for (const [name, helper, isHere] of helpers) {
  describe(`a spawner in ${name}`, isHere, () => {
    test('gives a command nothing else than Node does', linuxOnly, async () => {
      const look = [
        'sh',
        '-c',
        'ls /proc/$$/fd; grep Sig[IB] /proc/self/status; umask; pwd; cat /proc/$$/oom_score_adj',
      ] as const
      const spawner = new Spawner(helper)
      const there = await new Run(spawner.start, [...look]).ended
      spawner.end()
      const { stdout } = await new Run(startDirectly, [...look]).ended
      assert.equal(withoutThreadSignals(there.stdout), withoutThreadSignals(stdout))
    })

    test('gives the environment, and takes nothing of it for itself', async () => {
      const meant = {
        PERL5OPT: '-Mno::such',
        PERL5LIB: '/no/such',
        PERL_BADLANG: '1',
        PYTHONPATH: '/no/such',
        PYTHONSTARTUP: '/no/such',
        LC_ALL: 'no_SUCH',
        'A B': '=\n"',
      }
      const before = { ...process.env }
      Object.assign(process.env, meant)
      try {
        const spawner = new Spawner(helper)
        const { stdout } = await new Run(spawner.start, ['env', '-0']).ended
        spawner.end()
        const seen = Object.fromEntries(stdout.split('\0').map(line => line.split(/=(.*)/s)))
        for (const [name, value] of Object.entries(meant)) assert.equal(seen[name], value)
      } finally {
        for (const name of Object.keys(meant)) {
          if (before[name] === undefined) delete process.env[name]
          else process.env[name] = before[name]
        }
      }
    })

    test('ends its commands when nobody is there any more, also those that do not hear SIGTERM', async () => {
      const spawner = new Spawner(helper)
      const deaf = new Run(spawner.start, ['sh', '-c', `trap '' TERM; echo $$; while :; do sleep 0.1; done`])
      while (deaf.stdout === '') await pause(2)
      spawner.end()
      while (isRunning(Number(deaf.stdout))) await pause(20)
    })

    test('that is killed takes its commands along, and says so', async () => {
      const spawner = new Spawner(helper)
      const runs = Array.from(
        { length: 5 },
        () => new Run(spawner.start, ['sh', '-c', 'echo $$ $PPID; sleep 60']),
      )
      while (runs.some(run => run.stdout === '')) await pause(2)
      const pids = runs.map(run => Number(run.stdout.split(' ')[0]))
      process.kill(Number(runs[0]!.stdout.split(' ')[1]), 'SIGKILL')
      for (const { ended } of runs) assert.ok((await ended).error instanceof Lost)
      for (const pid of pids) while (isRunning(pid)) await pause(5)
      assert.ok((await new Run(spawner.start, ['true']).ended).error instanceof Lost)
    })

    test('counts the processor time of what has ended', async () => {
      const spawner = new Spawner(helper)
      await new Run(spawner.start, ['sh', '-c', 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done']).ended
      spawner.end()
      assert.ok(spawner.cpuMs > 0)
    })
  })
}

/** 32 and 33 are the C library's own for its threads, ignored in all that its `posix_spawn` starts. */
function withoutThreadSignals(text: string): string {
  return text.replace(/(?<=SigIgn:\s*)[0-9a-f]+/, mask => (BigInt(`0x${mask}`) & ~(3n << 31n)).toString(16))
}

test.after(() => {
  for (const spawner of shared) spawner.end()
})

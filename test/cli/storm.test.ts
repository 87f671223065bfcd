import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '#src/testing/random.js'
import { type Command, start } from './support/command.js'
import { folder } from './support/folder.js'
import { linesOf, notes } from './support/journal.js'
import { linuxOnly, processesWith, remaining } from './support/processes.js'
import { type Blow, Storm, setting } from './support/storm.js'

const ITEMS = setting('OMAKASE_CHAOS_ITEMS', 160)
/** Begins again, in another folder, until so much time is over. */
const LASTS_MS = setting('OMAKASE_CHAOS_MS', 0)
const SEED = setting('OMAKASE_CHAOS_SEED', 1)
const EVERY_MS = setting('OMAKASE_CHAOS_EVERY', 500)

interface Poison {
  readonly code: string
  readonly name: string
  readonly blamed: RegExp
}

const POISON: readonly Poison[] = [
  { code: 'process.abort()', name: 'WorkerDied', blamed: /killed by SIGABRT, twice/ },
  { code: 'process.exit(3)', name: 'WorkerDied', blamed: /exited with code 3, twice/ },
  { code: 'for (;;);', name: 'TimeoutError', blamed: /timed out after 6 s/ },
  {
    code: `for (const kept = []; ; await pause(5)) kept.push(Buffer.alloc(5e7, 1))`,
    name: 'WorkerDied',
    blamed: /grown to \d+ MB, past its memory/,
  },
]

/** Which poison this item is, if it is one. */
function poison(n: number): Poison | undefined {
  return n % 40 === 17 ? POISON[Math.floor(n / 40) % POISON.length] : undefined
}

const FN = `import { appendFileSync } from 'node:fs'
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
let isNoted = false
export default async (n: number) => {
  // Who is doomed is left to its doom, or it would be blamed on what the test does.
  if (n % 40 === 17) appendFileSync('doomed', process.pid + '\\n')
  if (!isNoted) appendFileSync('pids', process.pid + '\\n')
  isNoted = true
  appendFileSync('ran', process.pid + ' ' + n + '\\n')
  if (n % 40 === 17) switch (Math.floor(n / 40) % ${POISON.length}) {
    ${POISON.map(({ code }, at) => `case ${at}: ${code}`).join('\n    ')}
  }
  if (n % 2) await pause(n % 20)
  else for (const end = performance.now() + n % 10; performance.now() < end;);
  return 2 * n
}`

/** Items that overlap in one worker. */
const MOST_AT_ONCE = 6

const PLANS: readonly (readonly string[])[] = [
  ['--on', 'processes', '--workers', '2', '--batch', '20'],
  ['--on', 'processes', '--workers', '2'],
  ['--on', 'processes', '--workers', '3', '--concurrency', `${MOST_AT_ONCE}`],
]

/** A run that is begun again as often as it is killed. */
class Round {
  starts = 0
  readonly cwd: string
  isOver = false
  private readonly hit = new Set<number>()
  private command!: Command
  private readonly t: TestContext

  constructor(t: TestContext) {
    this.t = t
    this.cwd = folder(t, { 'fn.ts': FN })
  }

  get file(): string {
    return `${this.cwd}/o.jsonl`
  }

  async run(plan: readonly string[]): Promise<void> {
    const bounds = ['--timeout', '6s', '--memory', '300MB', ...plan]
    const args = ['map', 'fn.ts', '--range', `0..${ITEMS - 1}`, '-o', 'o.jsonl', '--resume', ...bounds]
    try {
      for (;;) {
        this.command = start(this.t, args, { cwd: this.cwd })
        this.starts++
        const { code, signal, stderr } = await this.command.ended
        assert.deepEqual(await remaining(this.command.mark), [])
        if (signal === 'SIGKILL') continue
        assert.deepEqual({ code, signal }, { code: 1, signal: null }, stderr)
        return
      }
    } finally {
      this.isOver = true
    }
  }

  /** What can happen to it. */
  blow(name: string, random: Random): boolean {
    if (name === 'the command killed') return this.command.child.kill('SIGKILL')
    const noted = notes(`${this.cwd}/pids`)
    const alive = new Set(processesWith(this.command.mark))
    const doomed = new Set(notes(`${this.cwd}/doomed`))
    const pids = noted.filter(pid => alive.has(pid) && !doomed.has(pid))
    if (pids.length === 0) return false
    const pid = Number(pids[random.below(pids.length)])
    if (name === 'a worker killed') return this.kill(pid)
    pause(random.below(1000)).then(() => signalled(pid, 'SIGCONT'))
    return signalled(pid, 'SIGSTOP')
  }

  /** Two deaths make an item poison: what has been hit once is left alone. */
  private kill(pid: number): boolean {
    const ran = notes(`${this.cwd}/ran`).map(line => line.split(' ').map(Number))
    const latest = ran.filter(([by]) => by === pid).slice(-MOST_AT_ONCE)
    if (latest.some(([, item]) => this.hit.has(item!))) return false
    for (const [, item] of latest) this.hit.add(item!)
    return signalled(pid, 'SIGKILL')
  }
}

function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
    return false
  }
}

/** Fails unless the file has each item once, with its output or what its poison does; says how many were poison. */
function assertWhole(file: string): number {
  const lines = linesOf(file)
  assert.deepEqual(
    lines.map(({ index }) => index).sort((a, b) => a - b),
    Array.from({ length: ITEMS }, (_, index) => index),
  )
  const wrong = lines.filter(({ input, output, error }) => {
    const { name, blamed } = poison(input) ?? {}
    if (blamed === undefined) return output !== 2 * input
    return error?.name !== name || !blamed.test(error!.message)
  })
  assert.deepEqual(wrong, [])
  return lines.filter(({ error }) => error !== undefined).length
}

test('whatever is killed or stopped, each item is written once and each poison blamed (slow)', {
  ...linuxOnly,
}, async t => {
  let round: Round
  const names = ['a worker killed', 'a worker stopped', 'the command killed']
  const blows: Record<string, Blow> = {}
  for (const name of names) blows[name] = random => round.blow(name, random)
  const often = { 'a worker killed': 6, 'a worker stopped': 6 }
  const storm = new Storm(t, blows, { everyMs: EVERY_MS, seed: SEED }, often)
  const sums = { rounds: 0, items: 0, executions: 0, poison: 0, starts: 0 }
  const end = performance.now() + LASTS_MS
  do {
    round = new Round(t)
    await Promise.all([round.run(PLANS[sums.rounds % PLANS.length]!), storm.rage(() => round.isOver)])
    sums.poison += assertWhole(round.file)
    assert.deepEqual(readdirSync(round.cwd).sort(), ['doomed', 'fn.ts', 'o.jsonl', 'pids', 'ran'])
    sums.rounds++
    sums.items += ITEMS
    sums.executions += notes(`${round.cwd}/ran`).length
    sums.starts += round.starts
  } while (performance.now() < end)
  t.diagnostic(`${storm.total} blows: ${storm}; ${JSON.stringify(sums)}`)
})

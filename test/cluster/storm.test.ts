import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '#src/testing/random.js'
import { type Command, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { linesOf, notes } from '../cli/support/journal.js'
import { linuxOnly, processesWith, remaining } from '../cli/support/processes.js'
import { type Blow, Storm, setting } from '../cli/support/storm.js'
import { assertNothingLeft, PATIENCE_MS } from './support/left.js'
import { type RedisServer, redis, withRedis } from './support/redis.js'

const ITEMS = setting('OMAKASE_STORM_ITEMS', 20_000)
const MACHINES = setting('OMAKASE_STORM_MACHINES', 2)
const STOPPED_MS = setting('OMAKASE_STORM_STOPPED', 3000)
const WEATHER = {
  everyMs: setting('OMAKASE_STORM_EVERY', 1000),
  most: setting('OMAKASE_STORM_BLOWS', 4),
  seed: setting('OMAKASE_STORM_SEED', 1),
}

/** Each machine has notes of its own on what ran there, and in which processes. */
const FN = `import { appendFileSync, openSync, writeSync } from 'node:fs'
const ran = openSync(process.env.RAN!, 'a')
let isNoted = false
export default (n: number) => {
  if (!isNoted) appendFileSync(process.env.PIDS!, process.pid + '\\n')
  isNoted = true
  writeSync(ran, n + '\\n')
  return n % 40 === 0 ? new Promise(go => setTimeout(go, 10, 2 * n)) : 2 * n
}`

interface Machine {
  readonly name: string
  readonly command: Command
  readonly temp: string
  isStopped: boolean
}

/** Machines at one Redis, and a run that is begun again as often as its coordinator is killed. */
class Cluster {
  readonly machines: Machine[] = []
  readonly gone: Command[] = []
  readonly notes: string
  readonly cwd: string
  isOver = false
  private coordinator!: Command
  private readonly t: TestContext
  private readonly server: RedisServer
  private readonly healing: Promise<void>[] = []

  constructor(t: TestContext, server: RedisServer) {
    this.t = t
    this.server = server
    this.notes = folder(t)
    this.cwd = folder(t, { 'fn.ts': FN })
    for (let i = 0; i < MACHINES; i++) this.machines.push(this.machine(`m${i}`))
  }

  get file(): string {
    return `${this.cwd}/o.jsonl`
  }

  async run(): Promise<void> {
    const args = ['map', 'fn.ts', '--range', `0..${ITEMS - 1}`, '--on', this.server.url, '-o', 'o.jsonl']
    for (;;) {
      this.coordinator = start(this.t, [...args, '--resume'], { cwd: this.cwd })
      const { code, signal, stderr } = await this.coordinator.ended
      if (signal === 'SIGKILL') {
        this.gone.push(this.coordinator)
        continue
      }
      this.isOver = true
      assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr)
      break
    }
    this.gone.push(this.coordinator)
    await Promise.all(this.healing)
  }

  /** What can happen to it. */
  blows(client: { call(command: string, ...args: string[]): Promise<unknown> }): Record<string, Blow> {
    return {
      'a machine killed': random => {
        const at = random.below(MACHINES)
        const { command, name } = this.machines[at]!
        command.child.kill('SIGKILL')
        this.gone.push(command)
        this.machines[at] = this.machine(name)
        return true
      },
      'a worker process killed': random => {
        const { name, command } = this.drawn(random)
        const alive = new Set(processesWith(command.mark))
        const pids = notes(`${this.notes}/${name}-pids`).filter(pid => alive.has(pid))
        return pids.length > 0 && process.kill(Number(pids[random.below(pids.length)]), 'SIGKILL')
      },
      'the coordinator killed': () => this.coordinator.child.kill('SIGKILL'),
      'connections to Redis cut': async () => {
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal')
        return true
      },
      'Redis killed': async random => {
        await this.server.stop('SIGKILL')
        await pause(random.below(1500))
        await this.server.start()
        return true
      },
      'a supervisor stopped': random => this.stop(this.drawn(random), false),
      'a machine suspended': random => this.stop(this.drawn(random), true),
    }
  }

  private drawn(random: Random): Machine {
    return this.machines[random.below(MACHINES)]!
  }

  /** For a while; with all that runs there, or so that its workers go on without it. */
  private stop(machine: Machine, isWhole: boolean): boolean {
    if (machine.isStopped) return false
    machine.isStopped = true
    const { mark, child } = machine.command
    const pids = isWhole ? processesWith(mark).map(Number) : [child.pid!]
    for (const pid of pids) signalled(pid, 'SIGSTOP')
    const healed = pause(STOPPED_MS).then(() => {
      for (const pid of pids) signalled(pid, 'SIGCONT')
      machine.isStopped = false
    })
    this.healing.push(healed)
    return true
  }

  private machine(name: string): Machine {
    const temp = folder(this.t)
    const env = { TMPDIR: temp, RAN: `${this.notes}/${name}-ran`, PIDS: `${this.notes}/${name}-pids` }
    const command = start(this.t, ['worker', this.server.url, '--name', name], { cwd: folder(this.t), env })
    return { name, command, temp, isStopped: false }
  }
}

function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}

/** Fails unless the file has the right output of each item, once. */
function assertWhole(file: string): void {
  const times = new Uint8Array(ITEMS)
  const wrong: unknown[] = []
  for (const line of linesOf(file)) {
    times[line.index]!++
    if (line.input !== line.index || line.output !== 2 * line.index) wrong.push(line)
  }
  const lost: number[] = []
  const doubled: number[] = []
  times.forEach((count, index) => {
    if (count === 0) lost.push(index)
    if (count > 1) doubled.push(index)
  })
  assert.deepEqual({ lost, doubled, wrong }, { lost: [], doubled: [], wrong: [] })
}

/** How many runs there were beyond one for each item. */
function surplus(folder: string): number {
  let runs = 0
  for (const name of readdirSync(folder).filter(name => name.endsWith('-ran')))
    for (const byte of readFileSync(`${folder}/${name}`)) if (byte === 10) runs++
  return runs - ITEMS
}

const skip = withRedis.skip || linuxOnly.skip

test('whatever is hit, each item is written once and nothing is left (slow)', { skip }, async t => {
  const server = await redis(t, '--appendonly', 'yes')
  const client = server.client(t)
  client.on('error', () => {})
  const cluster = new Cluster(t, server)
  const storm = new Storm(t, cluster.blows(client), WEATHER)
  const run = cluster.run()
  await Promise.all([run, storm.rage(() => cluster.isOver)])
  t.diagnostic(`${storm.total} blows: ${storm}; ${surplus(cluster.notes)} of ${ITEMS} items ran again`)
  assertWhole(cluster.file)
  assert.deepEqual(readdirSync(cluster.cwd).sort(), ['fn.ts', 'o.jsonl'])
  const watched = cluster.machines.map(({ command, temp }) => ({ worker: command, temp }))
  // Whoever would give up the run of a killed coordinator may be stopped himself, and more than once.
  const patienceMs = Math.max(PATIENCE_MS, 5 * STOPPED_MS)
  await assertNothingLeft(t, server, watched, cluster.gone, patienceMs)
  for (const { command } of cluster.machines) {
    command.child.kill('SIGTERM')
    await command.ended
    assert.deepEqual(await remaining(command.mark), [])
  }
})

import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import { type Command, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { processesWith } from '../cli/support/processes.js'
import { queueOf } from './support/queue.js'
import { redis, withRedis } from './support/redis.js'

const JOBS = Number(process.env.OMAKASE_STORM_JOBS ?? 4000)
const HITS = Number(process.env.OMAKASE_STORM_HITS ?? 8)
const BULK = 1000
const LOOK_EVERY_MS = 20

/** Says of each run of a job, and of the process that it was in, before it does nothing. */
const HANDLER = `import { openSync, writeSync } from 'node:fs'
const file = openSync('runs-' + process.pid + '-' + Date.now(), 'a')
export default ({ n }: { n: number }) => {
  writeSync(file, n + '\\n')
  return n
}`

async function fill(queue: Queue): Promise<void> {
  for (let at = 0; at < JOBS; at += BULK) {
    const count = Math.min(BULK, JOBS - at)
    await queue.addBulk(Array.from({ length: count }, (_, i) => ({ name: 'job', data: { n: at + i } })))
  }
}

/** How often each job has run, whoever lived to tell of it. */
function runs(cwd: string): Map<number, number> {
  const times = new Map<number, number>()
  for (const name of readdirSync(cwd)) {
    if (!name.startsWith('runs-')) continue
    for (const line of readFileSync(join(cwd, name), 'utf8').split('\n')) {
      if (line !== '') times.set(Number(line), (times.get(Number(line)) ?? 0) + 1)
    }
  }
  return times
}

function workersOf({ mark, child }: Command): number[] {
  return processesWith(mark).flatMap(pid => {
    if (Number(pid) === child.pid) return []
    try {
      return /consume\/worker\.js/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ? [Number(pid)] : []
    } catch {
      return []
    }
  })
}

function kill(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** Attempts of all jobs that have been completed, in BullMQ's own book. */
async function attempts(queue: Queue): Promise<number> {
  let sum = 0
  for (let at = 0; at < JOBS; at += BULK) {
    const jobs = await queue.getJobs(['completed'], at, at + BULK - 1, true)
    for (const { attemptsMade } of jobs) sum += attemptsMade
  }
  return sum
}

const linux = process.platform !== 'linux' && 'looks into /proc'

test('whoever is killed, workers or consumers, each job is completed once (slow)', {
  skip: withRedis.skip || linux,
  ...(JOBS > 100_000 && { timeout: Infinity }),
}, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  const cwd = folder(t, { 'handler.ts': HANDLER })
  const storm = new Storm(t, cwd, url)
  const filled = fill(queue)
  await Promise.all([storm.begin(0), storm.begin(1)])
  let next = 0
  for (;;) {
    const { completed = 0, failed = 0 } = await queue.getJobCounts('completed', 'failed')
    if (completed + failed >= JOBS) break
    await storm.mend()
    if (completed >= next) {
      await storm.hit()
      next = completed + randomInt(1, Math.max(2, Math.round((2 * JOBS) / HITS)))
    }
    await pause(LOOK_EVERY_MS)
  }
  await filled
  const times = [...runs(cwd).values()]
  const again = times.filter(count => count > 1).length
  const counts = await queue.getJobCounts('completed', 'failed', 'active', 'wait', 'delayed')
  const { workersHit, consumersHit, left } = storm
  t.diagnostic(
    `${workersHit} workers and ${consumersHit} consumers killed; ${again} jobs ran more than once, at most ${times.reduce((a, b) => Math.max(a, b), 0)} times; ${JSON.stringify(counts)}`,
  )
  assert.deepEqual(left, [])
  const reasons = (await queue.getJobs(['failed'], 0, 9)).map(({ failedReason }) => failedReason)
  assert.deepEqual(reasons, [])
  assert.deepEqual(counts, { completed: JOBS, failed: 0, active: 0, wait: 0, delayed: 0 })
  assert.equal(await attempts(queue), JOBS, 'completed once each')
  assert.equal(times.length, JOBS)
})

/** Two consumers of one queue, and what befalls them. */
class Storm {
  workersHit = 0
  consumersHit = 0
  /** What those have said that ended without being asked. */
  readonly left: string[] = []
  private readonly t: TestContext
  private readonly cwd: string
  private readonly url: string
  private readonly consumers: Command[] = []

  constructor(t: TestContext, cwd: string, url: string) {
    this.t = t
    this.cwd = cwd
    this.url = url
  }

  async begin(place: number): Promise<void> {
    const args = ['consume', 'handler.ts', '--queue', 'emails', '--on', this.url]
    const consumer = start(this.t, args, { cwd: this.cwd })
    this.consumers[place] = consumer
    await consumer.says(/serves/)
  }

  /** Kills a worker, or a consumer and starts another. */
  async hit(): Promise<void> {
    const place = randomInt(2)
    const consumer = this.consumers[place]!
    if (randomInt(3) > 0) {
      const workers = workersOf(consumer)
      if (kill(workers[randomInt(Math.max(1, workers.length))])) this.workersHit++
      return
    }
    if (kill(consumer.child.pid)) this.consumersHit++
    await consumer.ended
    await this.begin(place)
  }

  /** Starts another for one that has ended by itself. */
  async mend(): Promise<void> {
    for (const [place, { child, ended }] of this.consumers.entries()) {
      if (child.exitCode === null && child.signalCode === null) continue
      this.left.push((await ended).stderr)
      await this.begin(place)
    }
  }
}

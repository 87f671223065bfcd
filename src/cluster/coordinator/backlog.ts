import type { Queue } from 'bullmq'
import type { Engine } from '../engine/engine.js'
import type { ChunkJob } from '../engine/messages.js'
import { TTL_MS } from '../engine/scripts.js'
import { bytesOf, Room } from './room.js'

/** Jobs that travel together take no more than so many bytes, unless one alone does. */
const MOST_AT_ONCE = 1024 * 1024
const TAKEN_BACK_AT_ONCE = 16
/** Others wait for the engine meanwhile. */
const MOST_PROLONGED = 1000
const AGAIN_MS = 250
/** What has no job any more is taken for an empty one, and ended; a job that is in no line would be waited for. */
const LINE_TTL_MS = 2 * TTL_MS
/** Where BullMQ has the ids of those that wait, or are with a machine. */
const PLACES = ['wait', 'paused', 'active']

interface Entry {
  readonly job: ChunkJob
  readonly bytes: number
  readonly isUrgent: boolean
  isThere: boolean
}

/** The chunks that the engine is to hold until they have ended, and those for which it has no room yet. */
export class Backlog {
  private readonly engine: Engine
  private readonly queue: Queue
  private readonly name: string
  /** What of the queue, besides its jobs, is to go when nobody publishes there any more. */
  private readonly lines: readonly string[]
  private readonly room: Room
  private readonly waiting: Entry[] = []
  private readonly published = new Map<number, Entry>()
  /** Something has ended since the last look. */
  private hasMoved = true
  private isPublishing = false
  private isEnded = false
  /** The engine has no room. */
  isStuck = false

  constructor(engine: Engine, queue: Queue, name: string, lines: readonly string[]) {
    this.engine = engine
    this.queue = queue
    this.name = name
    this.lines = lines
    this.room = new Room(engine)
  }

  /** Those of one turn travel together. */
  add(job: ChunkJob, isUrgent: boolean): void {
    this.waiting.push({ job, bytes: bytesOf(job.body), isUrgent, isThere: false })
    if (this.isPublishing) return
    this.isPublishing = true
    setImmediate(() => void this.publish())
  }

  has(chunk: number): boolean {
    return this.published.has(chunk)
  }

  /** It has ended, or another one takes its place. */
  forget(chunk: number): void {
    this.hasMoved = true
    this.published.delete(chunk)
  }

  /** Takes a chunk back; false where a machine has it already. */
  async remove(chunk: number): Promise<boolean> {
    const at = this.waiting.findIndex(({ job }) => job.chunk === chunk)
    if (at >= 0) {
      this.waiting.splice(at, 1)
      return true
    }
    const entry = this.published.get(chunk)
    if (entry === undefined) return false
    const id = idOf(entry.job)
    // One that is not there counts as removed for BullMQ.
    const isThere = await this.engine.redis.exists(this.queue.toKey(id)).catch(() => 0)
    if (isThere === 0 || (await this.queue.remove(id).catch(() => 0)) !== 1) return false
    this.published.delete(chunk)
    return true
  }

  /** Takes back what nobody has taken of another run. */
  async removeAll(run: string): Promise<void> {
    const ids = await this.engine.redis.lrange(this.queue.toKey('wait'), 0, -1)
    await Promise.all(ids.filter(id => id.startsWith(`${run}-`)).map(id => this.queue.remove(id)))
  }

  /**
   * Chunks that the engine should hold, and does not. Where nothing moves, also those that it has, and nobody will ever
   * come upon: an engine that may evict takes keys, and not jobs.
   */
  async missing(): Promise<number[]> {
    const entries = [...this.published.values()].filter(({ isThere }) => isThere)
    if (entries.length === 0) return []
    const gone = new Set<Entry>()
    for (let at = 0; at < entries.length; at += MOST_PROLONGED)
      for (const entry of await this.prolong(entries.slice(at, at + MOST_PROLONGED))) gone.add(entry)
    const inLine = this.hasMoved ? null : await this.inLine()
    this.hasMoved = false
    const isLost = (entry: Entry) => gone.has(entry) || inLine?.has(idOf(entry.job)) === false
    return entries.filter(isLost).map(({ job }) => job.chunk)
  }

  /** The jobs, of all runs, that wait or are with a machine. */
  private async inLine(): Promise<Set<string>> {
    const asked = this.engine.redis.multi()
    for (const line of PLACES) asked.lrange(this.queue.toKey(line), 0, -1)
    return new Set(((await asked.exec()) as [null, string[]][]).flatMap(([, ids]) => ids))
  }

  /** BullMQ lets a job stay until a machine takes it, and there may never be one; gives those that are not there. */
  private async prolong(entries: readonly Entry[]): Promise<Entry[]> {
    const { queue, lines } = this
    const keys = [
      ...entries.map(({ job }) => queue.toKey(idOf(job))),
      ...lines.map(line => queue.toKey(line)),
    ]
    const times = [...entries.map(() => TTL_MS), ...lines.map(() => LINE_TTL_MS)]
    const gone = await this.engine.redis.omakaseProlong(keys.length, ...keys, ...times)
    return gone.flatMap(place => entries[place - 1] ?? [])
  }

  /** Keeps the engine from being full: what nobody has taken is taken back, and published when there is room again. */
  async look(): Promise<void> {
    await this.room.look()
    let { excess } = this.room
    const entries = [...this.published.values()].filter(({ isThere }) => isThere).reverse()
    while (excess > 0 && entries.length > 0) {
      const some = entries.splice(0, TAKEN_BACK_AT_ONCE)
      const removed = await Promise.all(some.map(({ job }) => this.remove(job.chunk)))
      const back = some.filter((_, at) => removed[at])
      for (const entry of back) {
        entry.isThere = false
        this.waiting.unshift(entry)
        excess -= entry.bytes
      }
      this.isStuck ||= back.length > 0
    }
    if (this.waiting.length > 0 && !this.isPublishing) {
      this.isPublishing = true
      void this.publish()
    }
  }

  async end(): Promise<void> {
    this.isEnded = true
    await this.queue.close().catch(() => {})
  }

  private async publish(): Promise<void> {
    while (this.waiting.length > 0 && !this.isEnded) {
      const entries = this.fitting()
      this.isStuck = entries.length === 0
      const isDone = !this.isStuck && (await this.put(entries))
      if (isDone) continue
      await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      await this.room.look()
    }
    this.isPublishing = false
  }

  private fitting(): Entry[] {
    let count = 0
    let bytes = 0
    for (const entry of this.waiting) {
      bytes += entry.bytes
      if ((count > 0 && bytes > MOST_AT_ONCE) || !this.room.take(entry.bytes)) break
      count++
    }
    return this.waiting.splice(0, count)
  }

  private async put(entries: readonly Entry[]): Promise<boolean> {
    // Its results may be here before the answer is.
    for (const entry of entries) this.published.set(entry.job.chunk, entry)
    try {
      await this.queue.addBulk(
        entries.map(({ job, isUrgent }) => ({
          name: this.name,
          data: job,
          opts: { jobId: idOf(job), lifo: isUrgent, removeOnComplete: true, removeOnFail: true },
        })),
      )
      // Where that does not come through, the next look does it.
      this.prolong(entries).catch(() => {})
      for (const entry of entries) entry.isThere = true
      return true
    } catch {
      // Those that have come through all the same stay what they are when they are put there again.
      const left = entries.filter(({ job }) => this.published.delete(job.chunk))
      this.waiting.unshift(...left)
      return false
    } finally {
      this.room.arrived(entries.reduce((sum, { bytes }) => sum + bytes, 0))
    }
  }
}

function idOf({ run, chunk }: ChunkJob): string {
  return `${run}-${chunk}`
}

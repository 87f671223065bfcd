import { hostname } from 'node:os'
import type { Job } from 'bullmq'
import type { Item } from '../../map/input/source.js'
import type { Outlet } from '../../map/run/outlet.js'
import type { Engine } from '../engine/engine.js'
import { asError, delayOf, isDeath } from './failure.js'
import { type End, JobItem } from './job-item.js'
import { JobSource } from './job-source.js'
import { OneWrite } from './one-write.js'
import { type QueueWorker, queueWorker } from './queue-worker.js'

const LOCK_MS = 5000
const STALLED_MS = 2500
const RENEW_EVERY_MS = 2000
/** There may be more room without any job having ended, as while nothing is known yet of what they do. */
const LOOK_EVERY_MS = 25
const AGAIN_MS = 500
/** Where there is nothing, or nothing may be taken yet, it is asked again so soon; then BullMQ waits for the next one. */
const EMPTY_MS = 10
/** Jobs that are held at most: in the hands of the workers, and on their way there and back. */
const MOST_HELD = 5000
/** While there are more, twice as many are asked for at once, up to so many. */
const MOST_AT_ONCE = 64
/** No user code runs in this process: a job under which it dies so often has taken the whole machine down with it. */
const MOST_STALLED = 10
/** For jobs that ask for a way to wait that only the program knows that was to serve them. */
const BACKOFF_MS = 1000
const MOST_TOLD = 20

export interface ConsumerOptions {
  readonly queue: string
  readonly prefix: string
  readonly name?: string
  /** Called with a line for whoever looks on. */
  readonly say: (line: string) => void
  /** How many more jobs the workers would take now, where so many are here that have not ended, and so many of them unsent. */
  readonly room: (working: number, ready: number) => number
  /** Takes a job back: its lock is lost. */
  readonly cancel: (item: Item) => void
}

/** Takes the jobs of a queue as they can be worked on, keeps their locks, and tells BullMQ what has become of them. */
export class Consumer {
  private readonly name: string
  readonly source = new JobSource(
    () => this.wake(),
    () => this.following > 0,
  )
  /** Where the results of jobs go. */
  readonly outlet: Outlet = {
    ok: (item, value) => this.ended(item, { t: 'completed', value: JSON.parse(value as string) }),
    failed: (item, error) => this.ended(item, { t: 'failed', error }),
    isFull: false,
    onRoom: () => {},
  }
  private readonly engine: Engine
  private readonly options: ConsumerOptions
  private readonly worker: QueueWorker
  private readonly write: OneWrite
  private readonly held = new Map<string, JobItem>()
  private readonly serving = new Set<Promise<void>>()
  private readonly timers: NodeJS.Timeout[] = []
  private fetching: Promise<void> | undefined
  private tokens = 0
  private taken = 0
  /** Jobs that have been asked for, and may come. */
  private asked = 0
  /** Those of them that come with the end of another one, or do not come: that is soon known. */
  private following = 0
  private readonly told = new Set<string>()
  /** Jobs that are here and have not ended, whether a worker has them or not. */
  private working = 0
  private isEnding = false
  private wake = (): void => {}
  private begun!: () => void
  private readonly first = new Promise<void>(resolve => {
    this.begun = resolve
  })

  constructor(engine: Engine, options: ConsumerOptions) {
    this.engine = engine
    this.options = options
    const { queue, prefix, name = `${hostname()}-${process.pid}` } = options
    this.name = name
    this.write = new OneWrite(engine.redis)
    this.worker = queueWorker(engine.bullmq, queue, job => this.settle(job), {
      connection: engine.redis,
      prefix,
      name,
      skipVersionCheck: true,
      autorun: false,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      maxStalledCount: MOST_STALLED,
      runRetryDelay: AGAIN_MS,
      settings: { backoffStrategy: (attempts, type) => this.backoff(attempts, type) },
    })
    this.worker.on('error', error => this.tell(error))
  }

  /** Begins to take jobs; settles when the first is there: what is measured before would be nothing. */
  async begin(): Promise<Outlet> {
    const { queue, say } = this.options
    say(`${this.name} serves ${queue}`)
    void this.worker.startStalledCheckTimer()
    this.timers.push(
      setInterval(() => void this.renew(), RENEW_EVERY_MS),
      setInterval(() => this.look(), LOOK_EVERY_MS),
    )
    this.fetching = this.fetch()
    await this.first
    return this.outlet
  }

  /** Takes no more. */
  stop(): void {
    this.isEnding = true
    this.wake()
  }

  /** Gives back what has not ended, and leaves. */
  async end(): Promise<void> {
    this.stop()
    for (const item of this.held.values()) item.end({ t: 'returned' })
    await Promise.all(this.serving)
    for (const timer of this.timers) clearInterval(timer)
    await this.worker.close(true).catch(() => {})
    await this.fetching
    await Promise.all(this.serving)
  }

  // --- jobs ----------------------------------------------------------------------------------------------------

  private async fetch(): Promise<void> {
    let atOnce = 1
    while (!this.isEnding) {
      const count = Math.min(atOnce, this.wanted)
      if (count <= 0) {
        await new Promise<void>(resolve => {
          this.wake = resolve
        })
        continue
      }
      this.asked += count
      this.write.hold()
      // Only one may wait for what is not there yet.
      const found = await Promise.all(Array.from({ length: count }, () => this.get(count === 1)))
      this.asked -= count
      if (!found.includes(false)) atOnce = Math.min(MOST_AT_ONCE, 2 * atOnce)
      else {
        atOnce = 1
        if (!found.includes(true)) await pause(EMPTY_MS)
      }
    }
  }

  private async get(block: boolean): Promise<boolean> {
    try {
      const job = await this.worker.getNextJob(`${this.worker.id}:${this.tokens++}`, { block })
      if (job === undefined) return false
      this.serve(job)
      return true
    } catch {
      if (!this.isEnding) await pause(AGAIN_MS)
      return false
    }
  }

  /** The first one is taken before it is known what there is room for. */
  private get wanted(): number {
    const { held, asked, source, taken, options } = this
    if (source.isStuck) return 0
    const room = taken === 0 ? 1 : options.room(this.working, source.ready)
    return Math.min(room, MOST_HELD - held.size) - asked
  }

  /** Its place in a worker is free when it has ended. */
  private look(): void {
    if (this.wanted > 0) this.wake()
  }

  private askNext(): boolean {
    if (this.isEnding || this.wanted < 1) return false
    this.asked++
    this.following++
    return true
  }

  private serve(job: Job): void {
    const served = this.follow(job).finally(() => this.serving.delete(served))
    this.serving.add(served)
  }

  /** One script ends a job and gets the next. */
  private async follow(first: Job): Promise<void> {
    let job: Job | undefined = first
    while (job !== undefined) {
      const { id, token } = job as Job & { readonly id: string; readonly token: string }
      let hasAsked = false
      const wantsNext = () => {
        hasAsked ||= this.askNext()
        return hasAsked
      }
      const item = this.hold(job, token)
      this.working++
      const end = item && (await item.ended)
      this.working--
      item?.tellLast()
      try {
        job =
          end?.t === 'completed'
            ? await this.worker.complete(job, token, end.value, wantsNext)
            : ((await this.worker.processJob(job, token, wantsNext)) as Job | undefined)
      } catch {
        job = undefined
      }
      if (hasAsked) {
        this.asked--
        this.following--
      }
      this.held.delete(id)
      if (job !== undefined) continue
      this.source.come()
      this.look()
    }
  }

  /**
   * BullMQ comes when it is known what has become of the job, and has nothing in hand while a thousand of them wait. Null
   * where it has failed before it runs, as its parent does for it.
   */
  private hold(job: Job, token: string): JobItem | null {
    const item = new JobItem(this.taken++, job, token)
    this.held.set(job.id!, item)
    this.begun()
    if (job.deferredFailure) return null
    if (this.isEnding) item.end({ t: 'returned' })
    else this.source.push(item)
    return item
  }

  private ended(item: Item, end: End): void {
    this.write.hold()
    ;(item as JobItem).end(end)
  }

  /** What BullMQ calls the processor: it settles as the job did, in whichever process that was. */
  private async settle(job: Job): Promise<unknown> {
    const item = this.held.get(job.id!)!
    const { token } = item
    const end = await item.ended
    const { DelayedError, UnrecoverableError, WaitingError } = this.engine.bullmq
    if (end.t === 'completed') return end.value
    if (end.t === 'failed') {
      if (isDeath(end.error) && item.isSuspect) throw new UnrecoverableError(end.error.message)
      const delay = delayOf(end.error)
      if (delay === undefined) throw asError(end.error)
      await job.moveToDelayed(Date.now() + delay, token)
      throw new DelayedError()
    }
    if (end.t === 'returned') await job.moveToWait(token)
    throw new WaitingError()
  }

  private async renew(): Promise<void> {
    const list = [...this.held.values()]
    if (list.length === 0) return
    const ids = list.map(({ job }) => job.id!)
    const tokens = list.map(({ token }) => token)
    try {
      for (const id of await this.worker.extendJobLocks(ids, tokens, LOCK_MS)) this.lose(id)
    } catch {
      // Redis is away: whether the locks still hold is seen when it is back.
    }
  }

  private lose(id: string): void {
    const item = this.held.get(id)
    if (item === undefined) return
    this.options.cancel(item)
    item.end({ t: 'lost' })
  }

  /** Of each kind one is told: what goes wrong with a job may go wrong with all. */
  private tell({ message }: Error): void {
    const kind = message.replaceAll(/\S*\d\S*/g, '')
    if (this.isEnding || this.told.has(kind) || this.told.size === MOST_TOLD) return
    this.told.add(kind)
    this.options.say(message)
  }

  private isWarned = false

  private backoff(attempts: number, type: string | undefined): number {
    if (!this.isWarned)
      this.options.say(
        `jobs ask for a backoff of their own, ${type}, which only the program has that defines it: doubling from 1 s`,
      )
    this.isWarned = true
    return BACKOFF_MS * 2 ** (attempts - 1)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { shaOf } from '../code/sha.js'
import type { Engine } from '../engine/engine.js'
import { callsOf, codeOf, controlOf, fileOf, leaseOf, recordOf, resultsOf } from '../engine/keys.js'
import type { About, CallUp, Order, Report } from '../engine/messages.js'
import { LEASE_MS, TTL_MS } from '../engine/scripts.js'
import { Backlog } from './backlog.js'
import { Equipment } from './equipment.js'
import { fileIdentity } from './file-identity.js'
import { Machines } from './machines.js'
import { RunBeats } from './run-beats.js'
import { Shares } from './shares.js'
import { Strangers } from './strangers.js'

const RENEW_EVERY_MS = LEASE_MS / 5
/** How often it is looked whether the engine still has what it should. */
const CHECK_EVERY_MS = 5000
/** An engine that has not answered for so long is away, whatever the connection says. */
const SILENT_MS = 2 * RENEW_EVERY_MS
/** How long one question for results may stay unanswered. */
const READ_MS = 1000
const MOST_REPORTS = 100
/** More machines than these load the function when they come upon something of the run. */
const MOST_CALLED = 16
const AGAIN_MS = 500
/** Reports that have been read go when they are so long together, or the lease is renewed: to say so costs as much as to read one. */
const MOST_UNTRIMMED = 1024 * 1024

export interface CoordinatorEvents {
  report(report: Report): void
  /** The engine has lost these chunks: what of them has not ended is to be published again. */
  lost(chunks: readonly number[]): void
}

/** The coordinator's side of one run: what it says to the engine, and hears from it. */
export class Coordinator {
  readonly run = randomBytes(9).toString('base64url')
  readonly machines: Machines
  /** A line for whoever has started the run. */
  readonly say: (line: string) => void
  private readonly strangers: Strangers
  private readonly equipment: Equipment
  readonly shares = new Shares()
  readonly beats: RunBeats
  private readonly engine: Engine
  private readonly backlog: Backlog
  private readonly reader: Redis
  private readonly about: About
  private readonly code: string
  private readonly codeKey: string
  private events: CoordinatorEvents | null = null
  private timers: NodeJS.Timeout[] = []
  private heardAt = performance.now()
  private isRenewing = false
  private isChecking = false
  private isEnded = false
  private stage = 0
  /** Names the run that writes its file. */
  private fileKey: string | null = null
  private lastId = '0'
  /** Characters of reports that have been read and are still there. */
  private untrimmed = 0
  /** Their ids: after an outage all that is there is read again. */
  private readonly taken = new Set<string>()
  /** Told when results have been read, and whether there are no more. */
  private readonly listeners: ((isAll: boolean) => void)[] = []
  /** Called with how many workers have died on a machine. */
  died = (_workers: number): void => {}
  /** Called with why no machine can go on. */
  failed = (_error: unknown): void => {}

  constructor(engine: Engine, about: Omit<About, 'sha'>, code: string, say: (line: string) => void) {
    const sha = shaOf(code)
    this.engine = engine
    this.about = { ...about, sha }
    this.code = code
    this.codeKey = codeOf(sha)
    this.reader = engine.another()
    this.machines = new Machines(engine)
    this.strangers = new Strangers(engine, this.machines, say)
    this.equipment = new Equipment(engine, this.machines, about.needs, say)
    this.backlog = new Backlog(engine, engine.queue(this.equipment.queue), about.name, this.equipment.lines)
    this.say = say
    this.beats = new RunBeats(engine, this.run, about.name)
  }

  /** Tells the engine of the run, and begins to hear of it. */
  async begin(events: CoordinatorEvents): Promise<void> {
    this.events = events
    await this.write()
    this.timers = [
      setInterval(() => void this.renew(), RENEW_EVERY_MS),
      setInterval(() => void this.check(), CHECK_EVERY_MS),
    ]
    this.engine.redis.on('ready', this.back)
    this.read().catch(() => {})
    await this.equipment.check()
  }

  /** Has machines load the function at once, and names them: who alone did so would have done most of a short run. */
  async callUp(): Promise<readonly string[]> {
    const { engine, run, machines } = this
    await machines.look()
    const names = machines.list.slice(0, MOST_CALLED).map(({ name }) => name)
    const call: CallUp = { run, names }
    const channel = callsOf(engine.queueName)
    await engine.redis.publish(channel, engine.seal.close('call', JSON.stringify(call)))
    return names
  }

  /** Bytes that an input may have. */
  get maxSize(): number {
    return this.about.maxSize
  }

  /** What everything waits for. */
  get waiting(): string | null {
    if (this.engine.isAway || performance.now() - this.heardAt > SILENT_MS) return 'waiting for the engine'
    return this.backlog.isStuck ? 'waiting for room in the engine' : null
  }

  /** From now on this run writes the file: an older one that did has been left, and machines are to drop it at once. */
  async claim(path: string): Promise<void> {
    const { engine, run } = this
    const identity = await fileIdentity(path)
    if (identity === null) return
    this.fileKey = fileOf(identity)
    const older = await engine.redis.set(this.fileKey, run, 'PX', TTL_MS, 'GET')
    if (older === null || older === run) return
    await engine.redis.del(leaseOf(older), recordOf(older), resultsOf(older))
    await this.order(older, { t: 'stage', stage: 2 })
    await this.backlog.removeAll(older)
  }

  get isStopping(): boolean {
    return this.stage > 0
  }

  /** Gives a chunk to whichever machine has room first; one that is urgent comes before those of all runs. */
  publish(chunk: number, text: string, isUrgent: boolean): void {
    const { run } = this
    this.backlog.add({ run, chunk, body: this.engine.seal.close(`chunk ${run} ${chunk}`, text) }, isUrgent)
  }

  /** A machine has found what it did not believe: what it shall find is written again. */
  async restore(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    if (!this.isEnded) await this.write().catch(() => {})
  }

  /** Takes a chunk back; false where a machine has it already. */
  remove(chunk: number): Promise<boolean> {
    return this.backlog.remove(chunk)
  }

  /** Nothing of the chunk is open any more. */
  forget(chunk: number): void {
    this.backlog.forget(chunk)
  }

  /** When all that machines have reported so far has been taken in. */
  async heardAll(): Promise<void> {
    const last = await this.engine.redis.xrevrange(resultsOf(this.run), '+', '-', 'COUNT', 1).catch(() => [])
    const id = last[0]?.[0]
    while (id !== undefined && !this.isEnded && isBefore(this.lastId, id))
      if (await new Promise<boolean>(resolve => this.listeners.push(resolve))) return
  }

  /** To all machines that work for the run. */
  tell(order: Order): void {
    const { run, engine } = this
    if (order.t === 'stage') {
      this.stage = order.stage
      void engine.redis.hset(recordOf(run), 'stage', order.stage).catch(() => {})
    }
    void this.order(run, order).catch(() => {})
  }

  /** Nothing of the run is wanted any more, nor left in the engine; these chunks may still be there. */
  async end(chunks: readonly number[] = []): Promise<void> {
    if (this.isEnded) return
    // Whoever still works for it need not find out by itself.
    if (this.stage < 2) this.tell({ t: 'stage', stage: 2 })
    this.isEnded = true
    for (const timer of this.timers) clearInterval(timer)
    for (const notify of this.listeners.splice(0)) notify(true)
    this.engine.redis.off('ready', this.back)
    this.machines.end()
    this.strangers.end()
    this.equipment.end()
    this.reader.disconnect()
    const { run, engine } = this
    this.tell({ t: 'end' })
    const keys = [leaseOf(run), recordOf(run), resultsOf(run)]
    if (this.fileKey !== null) keys.push(this.fileKey)
    const removed = chunks.map(chunk => this.remove(chunk))
    const gone = Promise.all([engine.redis.del(...keys).catch(() => {}), this.beats.end(), ...removed])
    const late = new Promise(resolve => setTimeout(resolve, READ_MS).unref())
    await Promise.race([gone, late])
    await Promise.race([this.backlog.end(), late])
  }

  private async write(): Promise<void> {
    const { engine, run, about, code, codeKey } = this
    const record = engine.seal.close(`about ${run}`, JSON.stringify(about))
    await engine.redis
      .multi()
      .set(codeKey, code, 'PX', TTL_MS)
      .hset(recordOf(run), { about: record, stage: this.stage })
      .pexpire(recordOf(run), TTL_MS)
      .exec()
    await this.equipment.tell()
    await this.sayHere()
  }

  private async order(run: string, order: Order): Promise<void> {
    const text = this.engine.seal.close(`order ${run}`, JSON.stringify(order))
    await this.engine.redis.publish(controlOf(run), text)
  }

  private sayHere(): Promise<number> {
    const { run, codeKey } = this
    const lease = JSON.stringify({ host: hostname(), pid: process.pid })
    return this.engine.redis.omakaseRenew(leaseOf(run), recordOf(run), resultsOf(run), codeKey, lease)
  }

  private async renew(): Promise<void> {
    if (this.isRenewing) return
    this.isRenewing = true
    try {
      const isKnown = (await this.sayHere()) === 1
      this.heardAt = performance.now()
      this.equipment.tell().catch(() => {})
      if (this.isEnded) return
      this.trim()
      if (!isKnown) {
        await this.write()
        void this.check()
      }
      if (this.fileKey !== null) await this.engine.redis.set(this.fileKey, this.run, 'PX', TTL_MS)
      await this.backlog.look()
    } catch {
      // The engine is away: it is tried again.
    } finally {
      this.isRenewing = false
    }
  }

  /** It may be another engine than before, which has lost something, or whose clock is behind. */
  private readonly back = (): void => {
    this.lastId = '0'
    void this.renew().then(() => this.check())
  }

  /**
   * A chunk whose job is gone has been reported, and that before it went: if it is still open when all has been read,
   * the engine has lost it.
   */
  private async check(): Promise<void> {
    if (this.isChecking || this.isEnded) return
    this.isChecking = true
    try {
      const missing = await this.backlog.missing()
      if (missing.length === 0) return
      await this.heardAll()
      const lost = missing.filter(chunk => this.backlog.has(chunk))
      for (const chunk of lost) this.backlog.forget(chunk)
      if (lost.length > 0) this.events?.lost(lost)
    } catch {
      // It is looked again.
    } finally {
      this.isChecking = false
    }
  }

  private async read(): Promise<void> {
    const key = resultsOf(this.run)
    while (!this.isEnded) {
      try {
        const answer = await this.reader.xread(
          'COUNT',
          MOST_REPORTS,
          'BLOCK',
          READ_MS,
          'STREAMS',
          key,
          this.lastId,
        )
        if (this.isEnded) return
        if (answer === null) {
          for (const notify of this.listeners.splice(0)) notify(true)
          continue
        }
        const entries = (answer as [string, [string, string[]][]][])[0]![1]
        this.lastId = entries.at(-1)![0]
        for (const [id, fields] of entries) this.take(id, fields[1]!)
        if (this.untrimmed > MOST_UNTRIMMED) this.trim()
        for (const notify of this.listeners.splice(0)) notify(false)
      } catch {
        if (!this.isEnded) await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  /** What has been read need not stay. */
  private trim(): void {
    const { lastId } = this
    if (this.untrimmed === 0 || lastId === '0') return
    this.untrimmed = 0
    this.taken.clear()
    // The last one stays.
    this.taken.add(lastId)
    void this.engine.redis.xtrim(resultsOf(this.run), 'MINID', lastId).catch(() => {})
  }

  private take(id: string, sealed: string): void {
    if (this.taken.has(id)) return
    this.taken.add(id)
    this.untrimmed += sealed.length
    const text = this.engine.seal.open(`report ${this.run}`, sealed)
    if (text !== null) this.events?.report(JSON.parse(text) as Report)
  }
}

/** Of two ids of a stream. */
function isBefore(one: string, other: string): boolean {
  const [[ms, n = 0], [otherMs, otherN = 0]] = [one, other].map(id => id.split('-').map(Number)) as [
    number[],
    number[],
  ]
  return ms! < otherMs! || (ms === otherMs && n < otherN)
}

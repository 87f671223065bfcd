import { missingOf } from '../../workers/load/index.js'
import { queueFor } from '../code/packages.js'
import type { Engine } from '../engine/engine.js'
import { needsOf } from '../engine/keys.js'
import type { Wanted } from '../engine/messages.js'
import { TTL_MS } from '../engine/scripts.js'

/** What is missing may be installed meanwhile. */
const AGAIN_MS = 5000

export interface PackagesEvents {
  /** Its runs can be worked for. */
  has(queue: string): void
  /** Nobody asks for it any more. */
  gone(queue: string): void
  log(line: string): void
}

interface Known {
  text: string
  changedAt: number
  lookedAt: number
  missing: string
}

/** Which of the packages that runs need this machine has: only those runs it works for. */
export class Packages {
  private readonly engine: Engine
  private readonly cwd: string
  private readonly events: PackagesEvents
  private readonly known = new Map<string, Known>()
  private looking: Promise<void> | null = null
  private isAgain = false

  constructor(engine: Engine, cwd: string, events: PackagesEvents) {
    this.engine = engine
    this.cwd = cwd
    this.events = events
  }

  /** By the queue of those that have all; empty for what is here. */
  get lacks(): Record<string, string> {
    return Object.fromEntries([...this.known].map(([queue, { missing }]) => [queue, missing]))
  }

  /** What runs ask for at the moment. */
  look(): Promise<void> {
    if (this.looking !== null) this.isAgain = true
    this.looking ??= this.lookAll().finally(() => {
      this.looking = null
    })
    return this.looking
  }

  private async lookAll(): Promise<void> {
    do {
      this.isAgain = false
      const all = await this.engine.redis.hgetall(needsOf(this.engine.queueName)).catch(() => null)
      // The engine is away: what was known still holds.
      if (all === null) return
      for (const [queue, sealed] of Object.entries(all)) await this.note(queue, sealed)
      for (const [queue, { changedAt }] of this.known) {
        if (performance.now() - changedAt < TTL_MS) continue
        this.known.delete(queue)
        this.events.gone(queue)
      }
    } while (this.isAgain)
  }

  private async note(queue: string, sealed: string): Promise<void> {
    const now = performance.now()
    const before = this.known.get(queue)
    if (before !== undefined && before.text !== sealed) {
      before.text = sealed
      before.changedAt = now
    }
    if (before !== undefined && (before.missing === '' || now - before.lookedAt < AGAIN_MS)) return
    const text = this.engine.seal.open(`needs ${queue}`, sealed)
    const wanted = text === null ? null : (JSON.parse(text) as Wanted)
    if (wanted === null || queueFor(this.engine.queueName, wanted.needs) !== queue) return
    const missing = (await missingOf(wanted.needs, this.cwd)).join(', ')
    this.known.set(queue, { text: sealed, changedAt: before?.changedAt ?? now, lookedAt: now, missing })
    if (missing === '') this.events.has(queue)
    else if (before === undefined)
      this.events.log(
        `left out of a run that needs ${missing}, which is not installed for ${this.cwd}: npm install ${missing.replaceAll(',', '')} there, or start with another --cwd`,
      )
  }
}

import type { Item } from '../../map/input/source.js'
import type { Outlet } from '../../map/run/outlet.js'
import { Poisoned } from '../../map/run/poisoned.js'
import { type ErrorRecord, errorRecord } from '../../workers/errors/record.js'
import type { Overload } from '../../workers/internal.js'
import { type Encoding, packOutputs } from '../engine/codec.js'
import type { Engine } from '../engine/engine.js'
import { leaseOf, resultsOf } from '../engine/keys.js'
import type { About, Report } from '../engine/messages.js'
import { sizeOf, tooLarge } from '../engine/size.js'
import type { ChunkItem, HeldChunk } from './chunk.js'

/**
 * After a report the next one is so many milliseconds later, unless there is more than so much to tell, or nothing runs
 * whose end could be told with it.
 */
const GATHER_MS = 10
/** Where the engine takes long for a report there are fewer: a thousand machines tell it no more than it can hear. */
const TIMES_AS_LONG = 4
const MOST_GATHER_MS = 250
const MOST_CHARACTERS = 256 * 1024
/** While the engine does not take what there is, nothing new begins. */
const MOST_WAITING = 16 * 1024 * 1024
const AGAIN_MS = 500

type Rest = { -readonly [key in keyof Omit<Report, 'by' | 'ended' | 'logs' | 'progress'>]: Report[key] }

/** What a machine has to tell of a run, on its way to the coordinator. */
export class Reporter implements Outlet {
  private readonly engine: Engine
  private readonly run: string
  private readonly by: string
  private readonly encode: Encoding
  private readonly maxSize: number
  private readonly finished: (chunk: HeldChunk) => void
  private ids: number[] = []
  private times: number[] = []
  private attempts: number[] = []
  private outputs: unknown[] = []
  private errors: [number, ErrorRecord][] = []
  private final: number[] = []
  private overloads: [number, Overload][] = []
  private chunks: HeldChunk[] = []
  private logs: [number, string][] = []
  private progressed = new Map<number, unknown>()
  private rest: Rest = {}
  private characters = 0
  private waiting = 0
  private underWay = 0
  private tookMs = 0
  private sentAt = 0
  private isSendingNow = false
  private timer: NodeJS.Timeout | undefined
  private notifyRoom = (): void => {}
  private sending: Promise<void> = Promise.resolve()
  done = 0
  /** Whether nothing runs here. */
  isIdle = (): boolean => false
  /** Nobody wants to know any more. */
  isVain = false

  constructor(
    engine: Engine,
    run: string,
    by: string,
    { encode, maxSize }: Pick<About, 'encode' | 'maxSize'>,
    finished: (chunk: HeldChunk) => void,
  ) {
    this.engine = engine
    this.run = run
    this.by = by
    this.encode = encode
    this.maxSize = maxSize
    this.finished = finished
  }

  ok(item: Item, value: unknown, attempts: number, ms: number, overload?: Overload): void {
    const size = sizeOf(value)
    if (size > this.maxSize) {
      this.failed(item, tooLarge('output', size, this.maxSize), attempts, ms, overload)
      return
    }
    if (!this.begin(item as ChunkItem, attempts, ms, overload)) return
    this.outputs.push(value)
    this.add(size)
  }

  failed(item: Item, error: unknown, attempts: number, ms: number, overload?: Overload): void {
    if (!this.begin(item as ChunkItem, attempts, ms, overload)) return
    const whole = error instanceof Error ? errorRecord(error) : (error as ErrorRecord)
    const size = JSON.stringify(whole)?.length ?? 0
    const record = size > this.maxSize ? tooLarge(`error (${whole.name})`, size, this.maxSize) : whole
    this.errors.push([this.ids.length - 1, record])
    if (error instanceof Poisoned) this.final.push(this.ids.length - 1)
    this.add(size)
  }

  cancelled(item: Item): void {
    this.giveBack([item as ChunkItem])
  }

  /** Items that somebody else may run. */
  giveBack(items: readonly ChunkItem[]): void {
    const open = items.filter(({ isDone, chunk }) => !isDone && !chunk.isLost)
    if (open.length === 0) return
    for (const item of open) {
      item.isDone = true
      this.chunks.push(item.chunk)
    }
    this.tell({ returned: open.map(({ id }) => id) })
  }

  progress(id: number, value: unknown): void {
    this.progressed.set(id, value)
    this.add(sizeOf(value))
  }

  log(id: number, text: string): void {
    this.logs.push([id, text])
    this.add(text.length)
  }

  tell(rest: Rest): void {
    const { returned = [], asked = [], lost = [], deaths = 0 } = this.rest
    this.rest = { ...this.rest, ...rest }
    if (rest.returned !== undefined) this.rest.returned = [...returned, ...rest.returned]
    if (rest.asked !== undefined) this.rest.asked = [...asked, ...rest.asked]
    if (rest.lost !== undefined) this.rest.lost = [...lost, ...rest.lost]
    if (rest.deaths !== undefined) this.rest.deaths = deaths + rest.deaths
    this.add(0)
  }

  get isFull(): boolean {
    return this.waiting > MOST_WAITING
  }

  onRoom(notify: () => void): void {
    this.notifyRoom = notify
  }

  /** When all that there is to tell has been told, or nobody wants to know. */
  async flush(): Promise<void> {
    this.send()
    await this.sending
  }

  private begin(item: ChunkItem, attempts: number, ms: number, overload?: Overload): boolean {
    if (item.isDone || item.chunk.isLost) return false
    item.isDone = true
    this.done++
    this.ids.push(item.id)
    if (overload !== undefined) this.overloads.push([this.ids.length - 1, overload])
    this.times.push(Math.round(ms * 1000) / 1000)
    this.attempts.push(attempts)
    this.chunks.push(item.chunk)
    return true
  }

  private add(characters: number): void {
    this.characters += characters + 16
    if (this.characters >= MOST_CHARACTERS) this.send()
    else this.sendSoon()
  }

  private sendSoon(): void {
    // What comes while a report is on its way goes with the next one.
    if (this.underWay > 0) return
    const gather = Math.max(GATHER_MS, Math.min(TIMES_AS_LONG * this.tookMs, MOST_GATHER_MS))
    const wait = this.isIdle() ? 0 : this.sentAt + gather - performance.now()
    if (wait > 0) this.timer ??= setTimeout(() => this.send(), wait)
    else if (!this.isSendingNow) {
      this.isSendingNow = true
      // What ends together is told together.
      queueMicrotask(() => this.send())
    }
  }

  private send(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.isSendingNow = false
    const { ids, chunks, logs, progressed, rest } = this
    const isNothing = ids.length + logs.length + progressed.size === 0
    if (isNothing && Object.keys(rest).length === 0) return
    this.sentAt = performance.now()
    const report: Report = {
      by: this.by,
      ...rest,
      ...(logs.length > 0 && { logs }),
      ...(progressed.size > 0 && {
        progress: { ids: [...progressed.keys()], values: packOutputs('clone', [...progressed.values()]) },
      }),
      ...(ids.length > 0 && {
        ended: {
          ids,
          ms: this.times,
          attempts: this.attempts,
          outputs: packOutputs(this.encode, this.outputs),
          errors: this.errors,
          ...(this.final.length > 0 && { final: this.final }),
          ...(this.overloads.length > 0 && { overloads: this.overloads }),
        },
      }),
    }
    this.ids = []
    this.times = []
    this.attempts = []
    this.outputs = []
    this.errors = []
    this.final = []
    this.overloads = []
    this.chunks = []
    this.logs = []
    this.progressed = new Map()
    this.rest = {}
    this.characters = 0
    const text = this.engine.seal.close(`report ${this.run}`, JSON.stringify(report))
    this.waiting += text.length
    this.underWay++
    this.sending = this.sending.then(() => this.deliver(text, chunks))
  }

  private async deliver(text: string, chunks: readonly HeldChunk[]): Promise<void> {
    const began = performance.now()
    while (!this.isVain) {
      try {
        // Without its lease the run may still be taken up again.
        if ((await this.engine.redis.omakaseReport(leaseOf(this.run), resultsOf(this.run), text)) === 1) break
      } catch {
        // The engine is away, or full: nothing of it is given up.
      }
      await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    }
    this.waiting -= text.length
    this.tookMs = performance.now() - began
    this.underWay--
    if (this.characters > 0) this.sendSoon()
    for (const chunk of chunks) if (--chunk.left === 0 && !chunk.isLost) this.finished(chunk)
    this.notifyRoom()
  }
}

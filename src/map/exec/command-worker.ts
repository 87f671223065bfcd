import { CancelledError } from '../../core/index.js'
import { timedOut } from '../../workers/entry/attempt.js'
import { errorRecord } from '../../workers/errors/record.js'
import {
  type Call,
  ENDED,
  type Loaded,
  type Outcome,
  type Surroundings,
  type Usage,
  type Worker,
  type WorkerEvents,
} from '../../workers/internal.js'
import { Command, type Ended } from './command.js'
import { CommandError } from './command-error.js'
import { startDirectly } from './directly.js'
import { helpers } from './helper.js'
import { Lost, type Start } from './process.js'
import { childrenMs } from './processors.js'
import { Spawner } from './spawner.js'
import type { Template } from './template.js'

/** The system has no room for another process just now: that is nobody's fault. */
const NO_ROOM = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** Asking what the commands have used costs a tenth of a millisecond: not for every one. */
const LOOK_EVERY_MS = 50

/** Runs a command for each call: no worker stands between. */
export class CommandWorker implements Worker {
  readonly pid = process.pid
  readonly ready: Promise<Loaded>
  private readonly template: Template
  private readonly events: WorkerEvents
  private readonly running = new Map<number, Command>()
  private readonly waiting: Call[] = []
  private readonly surroundings: Surroundings
  private concurrency: number
  private timeout: number
  private begun = 0
  private list: Outcome[] = []
  private whenIdle: (() => void) | null = null
  private spawner: Spawner | null = null
  private readonly helpers = helpers()
  private readonly from = childrenMs()
  private cpuMs = 0
  private lookedAt = 0

  constructor(
    template: Template,
    concurrency: number,
    timeout: number,
    events: WorkerEvents,
    surroundings: Surroundings = {},
  ) {
    this.surroundings = surroundings
    this.template = template
    this.concurrency = concurrency
    this.timeout = timeout
    this.events = events
    this.ready = Promise.resolve({ options: undefined, loadMs: 0, setupMs: 0, usage: this.usage() })
  }

  unfinished(): number[] {
    return [...this.running.keys(), ...this.waiting.map(({ id }) => id)]
  }

  send(calls: readonly Call[]): void {
    // The same object is sent again where an item is tried again: what it is now is what counts.
    for (const { id, index, attempt, input } of calls) this.waiting.push({ id, index, attempt, input })
    this.fill()
  }

  cancel(ids: readonly number[]): void {
    const wanted = new Set(ids)
    for (let at = this.waiting.length - 1; at >= 0; at--) {
      const call = this.waiting[at]!
      if (!wanted.has(call.id)) continue
      this.waiting.splice(at, 1)
      this.failed(call, 0, new CancelledError('the item was cancelled before it began'), true)
    }
    for (const id of ids) this.running.get(id)?.cut(new CancelledError('the item was cancelled'))
  }

  setConcurrency(concurrency: number): void {
    this.concurrency = concurrency
    this.fill()
  }

  setTimeout(ms: number): void {
    this.timeout = ms
  }

  async ping(): Promise<Usage> {
    return this.usage()
  }

  async end(): Promise<undefined> {
    this.cancel(this.unfinished())
    await new Promise<void>(resolve => {
      this.whenIdle = resolve
      this.noteIdle()
    })
    this.flush()
    this.spawner?.end()
    this.events.exit(ENDED)
  }

  kill(): void {
    this.cancel(this.unfinished())
    for (const command of this.running.values()) command.kill()
  }

  private fill(): void {
    while (this.running.size < this.concurrency) {
      const call = this.waiting.shift()
      if (call === undefined) return
      this.begin(call)
    }
  }

  private begin(call: Call): void {
    const { id, input } = call
    const began = performance.now()
    let timer: NodeJS.Timeout | undefined
    const command = new Command(this.template(textOf(input)), this.start, {
      output: chunk => (this.events.output ?? toStandardError)(chunk),
      ended: end => {
        clearTimeout(timer)
        this.running.delete(id)
        this.ended(call, performance.now() - began, end)
      },
    })
    const { timeout } = this
    // Longer delays than a native timer takes are as good as none.
    if (timeout < 2 ** 31) timer = setTimeout(() => command.cut(timedOut(timeout)), timeout)
    this.running.set(id, command)
    this.begun++
  }

  private readonly start: Start = (words, events) => {
    const { surroundings } = this
    const [helper] = this.helpers
    if (this.spawner === null && helper !== undefined) this.spawner = new Spawner(helper, surroundings)
    return this.spawner?.start(words, events) ?? startDirectly(words, events, surroundings)
  }

  private ended(call: Call, ms: number, end: Ended): void {
    const { id, attempt } = call
    if (end.ok) this.add({ id, ms, attempt, ok: true, value: JSON.stringify(end.output) })
    else if (end.error instanceof Lost) {
      // Nobody knows how far it came. What killed that spawner may kill another of its kind.
      if (this.spawner?.isGone) {
        this.spawner = null
        this.helpers.shift()
      }
      this.waiting.unshift({ ...call, attempt: call.attempt + 1 })
    } else if (isNoRoom(end.error) && this.running.size > 0) {
      // It begins when another has ended.
      this.waiting.unshift(call)
      return
    } else this.failed(call, ms, end.error, end.isCut && end.error instanceof CancelledError)
    this.fill()
    this.noteIdle()
  }

  private failed({ id, attempt }: Call, ms: number, error: Error, cancelled: boolean): void {
    this.add({ id, ms, attempt, ok: false, error: errorRecord(error), cancelled })
  }

  private add(outcome: Outcome): void {
    // Not before `send` has returned: nobody expects an answer while asking.
    if (this.list.push(outcome) === 1) queueMicrotask(() => this.flush())
  }

  private flush(): void {
    const { list } = this
    if (list.length === 0) return
    this.list = []
    this.events.outcomes(list, this.usage())
  }

  private noteIdle(): void {
    if (this.whenIdle === null || this.running.size + this.waiting.length > 0) return
    this.whenIdle()
    this.whenIdle = null
  }

  /** What the commands that have ended have used; of this event loop nothing is asked. */
  private usage(): Usage {
    const now = performance.now()
    if (this.spawner !== null) this.cpuMs = this.spawner.cpuMs
    else if (now - this.lookedAt >= LOOK_EVERY_MS) {
      this.lookedAt = now
      this.cpuMs = childrenMs() - this.from
    }
    return {
      at: now,
      active: 0,
      idle: 0,
      cpu: this.cpuMs,
      queued: 0,
      loopQueued: 0,
      rss: 0,
      begun: this.begun,
    }
  }
}

function isNoRoom(error: Error): boolean {
  return error instanceof CommandError && NO_ROOM.has(String(error.code))
}

function textOf(input: unknown): string {
  return typeof input === 'string' ? input : (JSON.stringify(input) ?? String(input))
}

function toStandardError(chunk: Buffer): void {
  process.stderr.write(chunk)
}

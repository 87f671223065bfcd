import type { Carrier, CarrierEvents, End } from '../carrier.js'
import { Child, type Surroundings } from '../child.js'
import type { ToWorker } from '../wire.js'
import type { WorkerOptions } from '../worker.js'
import type { FromHost, ToHost } from './wire.js'

const ENTRY = new URL('./entry.js', import.meta.url)
/** A thread that is not gone by then sits in a call that cannot be broken off: its host is killed. */
const STUCK_MS = 1000

/** Threads in a process of their own: what they do to it they do to each other, and to nobody else. */
export class ThreadHost {
  private readonly surroundings: Surroundings | undefined
  private child: Child<ToHost, FromHost> | null = null
  private readonly threads = new Map<number, HostedThread>()
  private count = 0

  constructor(surroundings?: Surroundings) {
    this.surroundings = surroundings
  }

  /** The process is started with the first thread, or by this, sooner. */
  start(): Child<ToHost, FromHost> {
    if (this.child !== null) return this.child
    const child = new Child<ToHost, FromHost>(ENTRY, this.surroundings)
    this.child = child
    child.tell({
      message: message => this.take(message),
      output: chunk => this.output(chunk),
      holds: () => {},
      gone: end => {
        if (this.child === child) this.child = null
        const all = [...this.threads.values()]
        this.threads.clear()
        for (const thread of all) thread.gone({ ...end, isTogether: all.length > 1 })
      },
    })
    return child
  }

  /** One more thread. */
  thread({ entry, memory }: WorkerOptions): Carrier {
    const child = this.start()
    const n = this.count++
    const thread = new HostedThread(child, n, () => {
      // With nobody left there is nothing to spare.
      if (this.threads.has(n)) child.kill()
    })
    this.threads.set(n, thread)
    child.post({ t: 'start', n, entry: entry.href, ...(memory !== undefined && { memory }) })
    return thread
  }

  /** With all that is left of it. */
  end(): void {
    this.child?.kill()
  }

  private take(message: FromHost): void {
    const thread = this.threads.get(message.n)
    if (message.t === 'gone') {
      this.threads.delete(message.n)
      const { error, ...end } = message.end
      thread?.gone({
        ...end,
        ...(error && { error: Object.assign(new Error(error.message), { code: error.code }) }),
      })
    } else thread?.take(message)
  }

  /** What native code writes belongs to no thread: one of them passes it on. */
  private output(chunk: Buffer): void {
    for (const thread of this.threads.values()) {
      thread.events?.output(chunk)
      return
    }
  }
}

class HostedThread implements Carrier {
  readonly pid: number
  readonly isHosted = true
  events: CarrierEvents | null = null
  private readonly child: Child<ToHost, FromHost>
  private readonly n: number
  private readonly stuck: () => void
  private timer: NodeJS.Timeout | null = null
  private end: End | null = null

  constructor(child: Child<ToHost, FromHost>, n: number, stuck: () => void) {
    this.child = child
    this.pid = child.pid
    this.n = n
    this.stuck = stuck
  }

  tell(events: CarrierEvents): void {
    this.events = events
    const { end } = this
    if (end !== null) queueMicrotask(() => events.gone(end))
  }

  post(message: ToWorker): void {
    this.child.post({ t: 'to', n: this.n, message })
  }

  kill(): void {
    if (this.timer !== null || this.end !== null) return
    this.child.post({ t: 'kill', n: this.n })
    this.timer = setTimeout(this.stuck, STUCK_MS)
  }

  take(message: Exclude<FromHost, { t: 'gone' }>): void {
    if (message.t === 'from') this.events?.message(message.message)
    else if (message.t === 'output') this.events?.output(Buffer.from(message.chunk))
    else this.events?.holds(message.id)
  }

  gone(end: End): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.end = end
    this.events?.gone(end)
  }
}

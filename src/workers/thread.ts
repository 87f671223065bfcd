import { type ResourceLimits, Worker } from 'node:worker_threads'
import { type Carrier, type CarrierEvents, type End, tail } from './carrier.js'
import { Held } from './held.js'
import type { Movable } from './transfer.js'
import type { FromWorker, ToWorker } from './wire.js'

const LOOK_EVERY = 250

const MB = 1e6

/** Of a thread only the heap can be bounded: its young part is given a quarter, up to what V8 gives it by itself. */
function heapOf(memory: number): ResourceLimits {
  const young = Math.min(48, Math.ceil(memory / MB / 4))
  return {
    maxYoungGenerationSizeMb: young,
    maxOldGenerationSizeMb: Math.max(1, Math.floor(memory / MB) - young),
  }
}

/** A thread of this process. What ends the process ends it, and the other way round: `abort`, a signal, a full memory. */
export class Thread implements Carrier {
  readonly pid = process.pid
  private readonly worker: Worker
  private readonly held = new Held()
  private readonly watch: NodeJS.Timeout
  private events: CarrierEvents | null = null
  private stderrTail = ''
  private error: Error | undefined
  private code: number | null = null
  private open: number
  private end: End | null = null
  private beats = -1

  constructor(entry: URL, memory?: number) {
    this.worker = new Worker(entry, {
      workerData: { memory: this.held.memory },
      stdout: true,
      stderr: true,
      name: 'omakase worker',
      ...(memory !== undefined && { resourceLimits: heapOf(memory) }),
    })
    const { stdout, stderr } = this.worker
    const streams = [stdout, stderr]
    this.open = streams.length + 1
    for (const stream of streams) stream.on('end', this.closed)
    stdout.on('data', chunk => this.events?.output(chunk))
    stderr.on('data', chunk => {
      this.stderrTail = tail(this.stderrTail, chunk)
      this.events?.output(chunk)
    })
    this.worker.on('message', message => this.events?.message(message as FromWorker))
    this.worker.on('error', error => {
      this.error = error
    })
    this.worker.on('exit', code => {
      this.code = code
      this.closed()
    })
    this.watch = setInterval(this.look, LOOK_EVERY)
    this.watch.unref()
  }

  tell(events: CarrierEvents): void {
    this.events = events
    const { end } = this
    if (end !== null) queueMicrotask(() => events.gone(end))
  }

  post(message: ToWorker, moved?: readonly Movable[]): void {
    this.worker.postMessage(message, moved)
  }

  kill(): void {
    void this.worker.terminate()
  }

  private readonly closed = (): void => {
    if (--this.open > 0) return
    clearInterval(this.watch)
    const { code, error, stderrTail } = this
    this.end = { code, signal: null, stderrTail, ...(error && { error }) }
    this.events?.gone(this.end)
  }

  private readonly look = (): void => {
    const { current, beats } = this.held
    if (beats === this.beats && current !== undefined) this.events?.holds(current)
    this.beats = beats
  }
}

import { type Co, co } from '../../core/index.js'
import { ReceiveEnd } from '../../sync/ends.js'
import type { Receiver } from '../../sync/index.js'
import { type ProcessStatus, usage } from '../errors.js'
import { Inlet } from '../reader.js'
import { checkSignal } from '../signals.js'
import { type Writer, writer } from '../writer.js'
import { type Part, statusOf } from './completed.js'
import { stopAll } from './live.js'

/** A subprocess that was started, or several in a pipe. It is a child of the scope in which it was started. */
export interface Running {
  /** Of the last, in a pipe. */
  readonly pid: number
  /** The way into the first. */
  readonly stdin: Writer<string | Uint8Array>
  /** What the last one writes, as it comes. Where nobody receives, it has to wait when its pipe is full. */
  readonly stdout: Receiver<Buffer>
  /** What the last one writes to its standard error, where `stderr` is `'pipe'`. */
  readonly stderr: Receiver<Buffer>
  /** Sends a signal to all of them. What ends by one that was sent from here has not failed. */
  signal(name: NodeJS.Signals): void
  /** Asks all of them to end, kills what does not within its `grace`, and waits for that. */
  stop(): Co<void>
  /** Waits until all have ended, and tells how. What has failed is thrown by the scope, not here. */
  ended(): Co<readonly ProcessStatus[]>
}

export class RunningImpl implements Running {
  private readonly parts: readonly Part[]
  private input: Writer<string | Uint8Array> | null = null
  private readonly outlets: { stdout?: ReceiveEnd<Buffer>; stderr?: ReceiveEnd<Buffer> } = {}

  constructor(parts: readonly Part[]) {
    this.parts = parts
    // From the start: what comes before somebody receives is kept.
    for (const what of ['stdout', 'stderr'] as const) {
      const stream = this.last[what]
      if (stream !== null) this.outlets[what] = new ReceiveEnd(new Inlet<Buffer>(stream))
    }
  }

  private get last() {
    return this.parts.at(-1)!.live
  }

  get pid(): number {
    return this.last.pid
  }

  get stdin(): Writer<string | Uint8Array> {
    this.input ??= writer(this.parts[0]!.live.pipeOf('stdin'))
    return this.input
  }

  get stdout(): Receiver<Buffer> {
    return this.receiver('stdout')
  }

  get stderr(): Receiver<Buffer> {
    return this.receiver('stderr')
  }

  private receiver(what: 'stdout' | 'stderr'): Receiver<Buffer> {
    const receiver = this.outlets[what]
    if (receiver === undefined) throw usage.noStream(this.last.spec.command, what)
    return receiver
  }

  signal(name: NodeJS.Signals): void {
    checkSignal('signal', name)
    for (const { live } of this.parts) live.signal(name)
  }

  stop(): Co<void> {
    return stopping(this.parts)
  }

  ended(): Co<readonly ProcessStatus[]> {
    return ending(this.parts)
  }

  /** It has ended: what it has written is kept for whoever comes late. */
  keep(): void {
    for (const outlet of Object.values(this.outlets)) {
      // Who has stopped reading early has no say in how it ended.
      if (outlet.closed) this.parts.at(-1)!.wasCut = true
      inletOf(outlet).keep()
    }
  }

  drop(): void {
    for (const outlet of Object.values(this.outlets)) inletOf(outlet).drop()
  }
}

function inletOf({ channel }: ReceiveEnd<Buffer>): Inlet<Buffer> {
  return channel as Inlet<Buffer>
}

const stopping = co(function* (parts: readonly Part[]) {
  yield* stopAll(parts.map(({ live }) => live))
})

const ending = co(function* (parts: readonly Part[]) {
  for (const { live } of parts) yield* live.wait()
  return parts.map(statusOf)
})

import { columnOf } from '../column.js'
import type { ErrorRecord } from '../errors/record.js'
import type { Held } from '../held.js'
import { isResponse, overloadOf } from '../overload.js'
import { movedOf } from '../transfer.js'
import { uncloneable } from '../uncloneable.js'
import type { Remark } from '../wire.js'
import type { Channel } from './channel.js'
import type { Sink } from './sink.js'
import { usageNow } from './usage.js'

/** Text that is passed on without waiting for the end of the turn, in characters. */
const PLENTY = 1 << 20

export interface ResultsOptions {
  readonly channel: Channel
  /** Gives JSON text; without it values go as structured clones. */
  readonly encodeValue: ((value: unknown) => string) | undefined
  readonly encodeError: (thrown: unknown) => ErrorRecord
  readonly held: Held
}

/** Gathers outcomes, and sends those of a turn in one message. */
export class Results implements Sink {
  flushedAt = 0
  private readonly options: ResultsOptions
  private ids: number[] = []
  private ms: number[] = []
  private values: unknown[] = []
  private remarks: Remark[] = []
  private size = 0

  constructor(options: ResultsOptions) {
    this.options = options
  }

  done(id: number, ms: number, value: unknown): void {
    const { encodeValue } = this.options
    let encoded = value
    if (encodeValue !== undefined) {
      try {
        encoded = encodeValue(value)
        this.size += (encoded as string).length
      } catch (error) {
        this.failed(id, ms, error, false)
        return
      }
    }
    if (isResponse(value)) this.response(value)
    this.add(id, ms, encoded)
    if (this.size > PLENTY) this.flush()
  }

  failed(id: number, ms: number, thrown: unknown, cancelled: boolean): void {
    const { encodeValue, encodeError } = this.options
    const overload = overloadOf(thrown)
    const failure = { error: encodeError(thrown), cancelled }
    this.remarks.push({ at: this.ids.length, failure, ...(overload && { overload }) })
    this.add(id, ms, encodeValue === undefined ? undefined : '')
  }

  log(id: number, text: string): void {
    this.options.channel.send({ t: 'log', id, text })
  }

  progress(id: number, value: unknown): void {
    const problem = uncloneable(value, 'progress')
    if (problem !== undefined) throw problem
    this.options.channel.send({ t: 'progress', id, value })
  }

  flush(): void {
    this.flushedAt = performance.now()
    if (this.ids.length > 0) this.pass()
  }

  whenOut(then: () => void): boolean {
    return this.options.channel.whenOut(then)
  }

  /** The process is exiting in the midst of its work: tells what is done, and who holds the event loop. */
  exiting(): void {
    this.pass(this.options.held.current)
  }

  private pass(held?: number): void {
    try {
      this.send(held)
    } catch {
      // A value that cannot be cloned spoils the message, not its neighbours.
      this.replaceUncloneable()
      this.send(held)
    }
    this.ids = []
    this.ms = []
    this.values = []
    this.remarks = []
    this.size = 0
  }

  private add(id: number, ms: number, value: unknown): void {
    this.ids.push(id)
    this.ms.push(ms)
    this.values.push(value)
  }

  private send(held: number | undefined): void {
    const { ids, ms, remarks } = this
    const { encodeValue, channel } = this.options
    const values = encodeValue === undefined ? this.values : this.values.join('\n')
    const usage = usageNow(this.options.held.begun)
    const moved = typeof values === 'string' ? undefined : movedOf(values)
    channel.send({ t: 'outcomes', ids: columnOf(ids), ms: columnOf(ms), values, remarks, usage, held }, moved)
  }

  private replaceUncloneable(): void {
    for (const [at, value] of this.values.entries()) {
      const problem = uncloneable(value, 'output')
      if (problem === undefined) continue
      this.values[at] = undefined
      this.remarks.push({ at, failure: { error: this.options.encodeError(problem), cancelled: false } })
    }
  }

  private response(response: Response): void {
    const overload = overloadOf(response)
    if (overload !== undefined) this.remarks.push({ at: this.ids.length, overload })
    // Nobody will read it any more, and unread it holds its connection.
    if (!response.bodyUsed) response.body?.cancel().catch(() => {})
  }
}

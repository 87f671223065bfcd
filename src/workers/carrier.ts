import type { Movable } from './transfer.js'
import type { FromWorker, ToWorker } from './wire.js'

/** What carries a worker, a process or a thread: it takes messages there and back, and ends once. */
export interface Carrier {
  /** The process that it is in; 0 where it could not be started. */
  readonly pid: number
  /** What ends its process ends others as well. */
  readonly isHosted?: boolean
  /** From now on it tells these; an end that came before is told at once. */
  tell(events: CarrierEvents): void
  /**
   * @param moved what goes there and is not copied, where that can be.
   * @throws where the message holds something that cannot be cloned.
   */
  post(message: ToWorker, moved?: readonly Movable[]): void
  kill(): void
}

export interface CarrierEvents<From = FromWorker> {
  message(message: From): void
  output(chunk: Buffer): void
  /** The call that holds the event loop; again and again, as long as it does. */
  holds(id: number): void
  /** Once, and last. */
  gone(end: End): void
}

export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last that it wrote to its standard error. */
  readonly stderrTail: string
  /** Its neighbours died with it: it need not have been the one that did it. */
  readonly isTogether?: boolean
  /** What went wrong with the worker itself: it could not be started, or its memory was full. */
  readonly error?: Error
  /** It was killed since its channel had been closed from inside. */
  readonly isCut?: boolean
  /** It was killed for having grown to so many bytes. */
  readonly rss?: number
}

const TAIL = 2000

export function tail(text: string, chunk: Buffer): string {
  return (text + chunk.toString()).slice(-TAIL)
}

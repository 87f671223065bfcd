import { type Receivable, run } from '../core/index.js'
import { notReceivable } from './errors.js'

/**
 * What a receiver gets, for async code; leaving the loop closes the receiver.
 *
 * @example
 * const [sender, receiver] = channel<string>(2)
 * for (const word of ['one', 'two']) sender.trySend(word)
 * sender.close()
 * const words: string[] = []
 * for await (const word of toAsyncIterable(receiver)) words.push(word)
 * words // ['one', 'two']
 */
export function toAsyncIterable<T>(receiver: Receivable<T>): AsyncIterable<T, undefined> {
  if (typeof receiver?.next !== 'function' || typeof receiver.close !== 'function')
    throw notReceivable(receiver)
  return { [Symbol.asyncIterator]: () => new AsyncItems(receiver) }
}

/** Each item is received by a root task of its own. */
export class AsyncItems<T> implements AsyncIterator<T, undefined> {
  private readonly receiver: Receivable<T>
  private isLeft = false

  constructor(receiver: Receivable<T>) {
    this.receiver = receiver
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    return this.isLeft ? DONE : run(this.receiver.next())
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.isLeft = true
    await this.receiver.close()
    return DONE
  }
}

const DONE = { done: true, value: undefined } as const

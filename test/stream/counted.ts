/** A source that counts what becomes of it. */
export class Counted {
  opened = 0
  pulled = 0
  returned = 0
  ended = 0
  private readonly length: number

  constructor(length = Number.POSITIVE_INFINITY) {
    this.length = length
  }

  /** However it came to its end, each opening has been closed or has ended, once. */
  get isClosedOnce(): boolean {
    return this.opened === this.returned + this.ended
  }

  readonly sync = (): Iterable<number> => ({
    [Symbol.iterator]: () => {
      this.opened++
      let next = 0
      return {
        next: () => {
          if (next >= this.length) {
            this.ended++
            return { done: true as const, value: undefined }
          }
          this.pulled++
          return { done: false as const, value: next++ }
        },
        return: () => {
          this.returned++
          return { done: true as const, value: undefined }
        },
      }
    },
  })

  readonly async = (): AsyncIterable<number> => ({
    [Symbol.asyncIterator]: () => {
      const iterator = this.sync()[Symbol.iterator]()
      let hasEnded = false
      return {
        next: async () => {
          const result = iterator.next()
          hasEnded = result.done === true
          return result as IteratorResult<number, undefined>
        },
        return: async () => {
          // Whoever breaks off may not have heard of the end yet.
          if (hasEnded) this.ended--
          hasEnded = false
          return iterator.return!() as IteratorResult<number, undefined>
        },
      }
    },
  })
}

import type { Item, Progress, Source } from './source.js'
import { MAX_CHUNK } from './source.js'

/** Inputs whose number is known: item `i` is `at(i)`, made when its chunk is asked for. */
export function list(total: number, at: (place: number) => unknown, notes: readonly string[] = []): Source {
  let done = 0
  return {
    notes,
    progress: (): Progress => ({ done, total, exact: true }),
    async *[Symbol.asyncIterator]() {
      while (done < total) {
        const chunk: Item[] = []
        for (const end = Math.min(done + MAX_CHUNK, total); done < end; done++) {
          const input = at(done)
          chunk.push({ index: done, input: isPromise(input) ? await input : input })
        }
        yield chunk
      }
    },
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

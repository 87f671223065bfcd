import { BadUsage } from '../../workers/bad-usage.js'
import { list } from './list.js'
import type { Item, Source } from './source.js'

/** What the library's `map` takes. */
export type Inputs<T> = Iterable<T> | AsyncIterable<T>

/** Arrays in large chunks; anything else one by one, since pulling an item may cost its owner something. */
export function fromIterable(inputs: Inputs<unknown>): Source {
  if (Array.isArray(inputs)) return list(inputs.length, place => inputs[place])
  return { progress: () => undefined, [Symbol.asyncIterator]: () => oneByOne(iteratorOf(inputs)) }
}

type Pull = Iterator<unknown> | AsyncIterator<unknown>

function iteratorOf(inputs: unknown): Pull {
  if (typeof inputs === 'object' && inputs !== null) {
    if (Symbol.asyncIterator in inputs) return (inputs as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    if (Symbol.iterator in inputs) return (inputs as Iterable<unknown>)[Symbol.iterator]()
  }
  throw new BadUsage(
    typeof inputs === 'string'
      ? 'map was given one string as its inputs: write [text] for one item, or text.split("\\n") for its lines'
      : `map was given ${described(inputs)} as its inputs: write an array, an iterable or an async iterable`,
  )
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'an object without an iterator' : `a ${typeof value}`
}

// Not a generator: its `return()` would queue behind a `next()` that may never settle, and never reach the owner.
function oneByOne(pull: Pull): AsyncIterator<readonly Item[]> {
  let index = 0
  let ended = false
  return {
    async next() {
      if (ended) return { done: true, value: undefined }
      try {
        const { done, value } = await pull.next()
        if (!done && !ended) return { done: false, value: [{ index: index++, input: await value }] }
      } catch (error) {
        if (!ended) {
          ended = true
          throw error
        }
      }
      ended = true
      return { done: true, value: undefined }
    },
    async return() {
      if (!ended) {
        ended = true
        await pull.return?.()
      }
      return { done: true, value: undefined }
    },
  }
}

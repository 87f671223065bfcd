import { type Flow, isNone, type Pulled } from './flow.js'
import { lines } from './lines.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * The values of JSON Lines: one a line; empty lines are skipped. Takes what `lines` takes. A line that is no JSON
 * fails the stream with a `SyntaxError` that has its number.
 *
 * @example
 * const text = ['{"n": 1}\n{"n"', ': 2}\n']
 * yield* pipe(text, jsonl<{ n: number }>(), map(row => row.n), toArray()) // [1, 2]
 */
export function jsonl<T = unknown>(): Stage<string | Uint8Array, T> {
  return stream => new Stream(line => new JsonFlow<T>(lines()(stream).flow(line)))
}

class JsonFlow<T> implements Flow<T> {
  private readonly up: Flow<string>
  private number = 0

  constructor(up: Flow<string>) {
    this.up = up
  }

  pull(): Pulled<T> {
    for (;;) {
      const line = this.up.pull()
      if (isNone(line)) return line
      this.number++
      if (line.trim() !== '') return this.parse(line)
    }
  }

  private parse(line: string): T {
    try {
      return JSON.parse(line)
    } catch (cause) {
      throw new SyntaxError(`line ${this.number} is no JSON: ${(cause as Error).message}`, { cause })
    }
  }
}

import { createWriteStream } from 'node:fs'
import { type Sink, toWritable } from '../stream/index.js'

/** What becomes of a file that is there already. */
export interface ToFileOptions {
  /** Whether it is written behind what the file holds; false by default: what it held is gone. */
  readonly append?: boolean
}

/**
 * A sink that writes text or bytes into a file, no faster than the disk takes them; gives when everything is written.
 * Broken off, the file holds what came until then.
 *
 * @example
 * import { map, pipe } from 'omakase/stream'
 * const rows = [{ n: 1 }, { n: 2 }]
 * yield* pipe(rows, map(row => `${JSON.stringify(row)}\n`), toFile('rows.jsonl'))
 */
export function toFile(path: string | URL, options: ToFileOptions = {}): Sink<string | Uint8Array, void> {
  return toWritable(() => createWriteStream(path, { flags: options.append ? 'a' : 'w' }))
}

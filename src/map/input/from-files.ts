import type { InputFile } from './files.js'
import type { Add, Format } from './format.js'
import { jsonLines } from './jsonl.js'
import { LF, Lines, NUL } from './lines.js'
import { nulRecords, plainLines } from './plain.js'
import type { Item, Source } from './source.js'
import { MAX_CHUNK } from './source.js'

/** The inputs in these files, one file after the other. */
export function fromFiles(files: readonly InputFile[]): Source {
  const sizes = files.map(file => file.bytes.size ?? Number.NaN)
  const size = sizes.reduce((sum, one) => sum + one, 0)
  let bytes = 0
  let index = 0
  let done = 0
  let exact = false
  let open: InputFile | undefined
  let closed = false
  let made: Item[] = []

  function add(input: unknown, line: number, problem?: Error): void {
    made.push(problem ? { index: index++, input, line, problem } : { index: index++, input, line })
  }

  async function* items(): AsyncGenerator<readonly Item[]> {
    for (open of files) {
      if (closed) return
      const lines = new Lines(open.bytes.name, open.format === 'nul' ? NUL : LF)
      const format = await formatOf(open, add)
      if (closed) return
      for await (const chunk of open.bytes.chunks()) {
        const block = lines.push(chunk)
        if (!block) continue
        bytes += block.bytes
        format.take(block)
        yield* handOut()
      }
      const rest = lines.end()
      if (rest) format.take(rest)
      format.end()
      yield* handOut()
    }
    exact = true
  }

  function* handOut(): Generator<readonly Item[]> {
    const all = made
    made = []
    for (let at = 0; at < all.length; at += MAX_CHUNK) {
      const chunk = all.length <= MAX_CHUNK ? all : all.slice(at, at + MAX_CHUNK)
      done += chunk.length
      yield chunk
    }
  }

  return {
    progress() {
      if (exact) return { done, total: index, exact }
      if (Number.isNaN(size) || bytes === 0) return
      return { done, total: Math.max(index, Math.round((index * size) / bytes)), exact: bytes === size }
    },
    [Symbol.asyncIterator]() {
      const pulled = items()
      return {
        next: () => pulled.next(),
        async return() {
          closed = true
          // A generator's `return()` waits for the `next()` that is pending: end the read under it first.
          open?.bytes.close()
          return pulled.return(undefined)
        },
      }
    },
  }
}

async function formatOf({ bytes, format }: InputFile, add: Add): Promise<Format> {
  switch (format) {
    case 'lines':
      return plainLines(add)
    case 'nul':
      return nulRecords(add)
    case 'jsonl':
      return jsonLines(bytes.name, add)
    case 'csv': {
      // Only whoever reads such a file pays for loading it.
      const { Csv } = await import('./csv.js')
      return new Csv(bytes.name, add)
    }
  }
}

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Effect, Stream } from 'effect'
import { batch, lines, map, pipe, reduce } from 'omakase/stream'

// file-child WHO PATH: the characters of all lines, added up in batches of 1000; prints the time and the peak of memory.
const SIZE = 1000

const length = (line: string) => line.length
const total = (lengths: readonly number[]) => {
  let sum = 0
  for (const each of lengths) sum += each
  return sum
}

async function* splitLines(chunks: AsyncIterable<string>) {
  let begun = ''
  for await (const chunk of chunks) {
    const parts = (begun + chunk).split('\n')
    begun = parts.pop()!
    yield* parts
  }
  if (begun !== '') yield begun
}

async function* lengths(of: AsyncIterable<string>) {
  for await (const line of of) yield length(line)
}

async function* batches(numbers: AsyncIterable<number>) {
  let items: number[] = []
  for await (const n of numbers) {
    items.push(n)
    if (items.length < SIZE) continue
    yield items
    items = []
  }
  if (items.length > 0) yield items
}

const contestants: Record<string, (path: string) => PromiseLike<number>> = {
  // All that has to be done, by hand and in one place.
  async 'bare loop'(path) {
    let sum = 0
    let begun = ''
    let items: number[] = []
    for await (const chunk of createReadStream(path, 'utf8')) {
      const parts = (begun + chunk).split('\n')
      begun = parts.pop()!
      for (const line of parts) {
        items.push(length(line))
        if (items.length < SIZE) continue
        sum += total(items)
        items = []
      }
    }
    return sum + total(items) + length(begun)
  },
  omakase: path =>
    pipe(
      () => createReadStream(path),
      lines(),
      map(length),
      batch(SIZE),
      reduce((sum, items) => sum + total(items), 0),
    ),
  async readline(path) {
    let sum = 0
    let items: number[] = []
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      items.push(length(line))
      if (items.length < SIZE) continue
      sum += total(items)
      items = []
    }
    return sum + total(items)
  },
  async 'async generators'(path) {
    let sum = 0
    for await (const items of batches(lengths(splitLines(createReadStream(path, 'utf8')))))
      sum += total(items)
    return sum
  },
  async 'Node streams'(path) {
    let sum = 0
    let begun = ''
    let items: number[] = []
    await pipeline(
      createReadStream(path, 'utf8'),
      new Transform({
        objectMode: true,
        transform(chunk, _encoding, done) {
          const parts = (begun + chunk).split('\n')
          begun = parts.pop()!
          for (const part of parts) this.push(part)
          done()
        },
        flush(done) {
          done(null, begun === '' ? undefined : begun)
        },
      }),
      new Transform({ objectMode: true, transform: (line, _encoding, done) => done(null, length(line)) }),
      new Transform({
        objectMode: true,
        transform(n, _encoding, done) {
          items.push(n)
          if (items.length >= SIZE) {
            this.push(items)
            items = []
          }
          done()
        },
        flush(done) {
          done(null, items)
        },
      }),
      new Writable({
        objectMode: true,
        write(lengths, _encoding, done) {
          sum += total(lengths)
          done()
        },
      }),
    )
    return sum
  },
  Effect: path =>
    Effect.runPromise(
      Stream.fromAsyncIterable(createReadStream(path), error => error).pipe(
        Stream.decodeText,
        Stream.splitLines,
        Stream.map(length),
        Stream.grouped(SIZE),
        Stream.runFold(
          () => 0,
          (sum, items) => sum + total(items),
        ),
      ),
    ),
}

const [who, path] = process.argv.slice(2)
const start = performance.now()
const characters = await contestants[who!]!(path!)
const ms = performance.now() - start
console.log(JSON.stringify({ ms, peak: process.resourceUsage().maxRSS * 1024, characters }))

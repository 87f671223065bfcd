import assert from 'node:assert/strict'
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Transform, Writable } from 'node:stream'
import { after, test } from 'node:test'
import { createGunzip, gzipSync } from 'node:zlib'
import { parse } from 'csv-parse'
import { forever, run, sleep } from 'omakase'
import { forEach, lines, map, pipe, take, through, toArray, toReadable, toWritable } from 'omakase/stream'
import { fails, raise } from '../core/fails.js'
import { turns } from '../core/turns.js'
import { Counted } from './counted.js'

const folder = mkdtempSync(join(tmpdir(), 'omakase-stream-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, 'lines.txt')
const all = Array.from({ length: 20_000 }, (_, i) => `line ${i}`)
writeFileSync(file, all.join('\n'))

test('the lines of a file', async () => {
  assert.deepEqual(await pipe(() => createReadStream(file), lines(), toArray()), all)
  assert.deepEqual(await pipe(createReadStream(file, 'utf8'), lines(), toArray()), all)
})

test('a Node stream is destroyed when the reading is broken off, also while it waits', async () => {
  const stream = createReadStream(file)
  assert.deepEqual(await pipe(stream, lines(), take(2), toArray()), all.slice(0, 2))
  assert.ok(stream.destroyed)
  const silent = new PassThrough()
  const task = run(pipe(silent, toArray()))
  await turns()
  task.cancel()
  await task.settled()
  assert.ok(silent.destroyed)
})

test('an error of a Node stream is the error of the pipe', async () => {
  await fails(pipe(createReadStream(join(folder, 'nothing')), toArray()), { code: 'ENOENT' })
  const error = new Error('broken')
  const stream = new PassThrough()
  const task = run(pipe(stream, toArray()))
  await turns()
  stream.destroy(error)
  await fails(task, error)
  const early = new PassThrough()
  const late = pipe(early, toArray())
  early.destroy(error)
  await turns()
  await fails(late, error)
})

test('a web stream is read, and cancelled when the reading is broken off, also while it waits', async () => {
  assert.deepEqual(await pipe(new Response('a\nb').body!, lines(), toArray()), ['a', 'b'])
  let cancelled = 0
  const endless = (count: number) =>
    new ReadableStream<number>({
      pull(controller) {
        if (count-- > 0) controller.enqueue(count)
        else return new Promise(() => {})
      },
      cancel() {
        cancelled++
      },
    })
  assert.deepEqual(await pipe(endless(5), take(2), toArray()), [4, 3])
  assert.equal(cancelled, 1)
  const task = run(pipe(endless(0), toArray()))
  await turns()
  task.cancel()
  await task.settled()
  assert.equal(cancelled, 2)
})

test('toWritable writes a file', async () => {
  const copy = join(folder, 'copy.txt')
  await pipe(
    () => createReadStream(file),
    lines(),
    map(line => `${line}\n`),
    toWritable(() => createWriteStream(copy)),
  )
  assert.equal(readFileSync(copy, 'utf8'), `${all.join('\n')}\n`)
})

test('toWritable reads no faster than the target takes', async () => {
  const source = new Counted(100)
  let written = 0
  let most = 0
  const slow = new Writable({
    objectMode: true,
    highWaterMark: 4,
    write(_item, _encoding, done) {
      most = Math.max(most, source.pulled - written++)
      setImmediate(done)
    },
  })
  await pipe(source.sync, toWritable(slow))
  assert.equal(written, 100)
  assert.ok(slow.writableFinished)
  assert.ok(most <= 5, `${most}`)
})

test('toWritable fails with its target, and closes the source', async () => {
  const error = new Error('disk full')
  const targets = {
    'in a write': () =>
      new Writable({
        objectMode: true,
        write: (item, _encoding, done) => done(item === 3 ? error : null),
      }),
    'at the end': () =>
      new Writable({ objectMode: true, write: (_i, _e, done) => done(), final: done => done(error) }),
    'while it waits': () => {
      const stuck = new Writable({ objectMode: true, highWaterMark: 1, write: () => {} })
      setTimeout(() => stuck.destroy(error), 5)
      return stuck
    },
  }
  for (const [when, make] of Object.entries(targets)) {
    const source = new Counted(10)
    const exit = await run(pipe(source.sync, toWritable(make))).settled()
    assert.ok(exit.status === 'failed' && exit.error === error, when)
    assert.ok(source.isClosedOnce)
  }
  await fails(pipe(['a'], toWritable(createWriteStream(join(folder, 'no', 'such', 'folder')))), {
    code: 'ENOENT',
  })
})

test('toWritable: a target that is closed by somebody else is an error', async () => {
  const target = new Writable({ objectMode: true, highWaterMark: 1, write: () => {} })
  setImmediate(() => target.destroy())
  await fails(pipe([1, 2, 3], toWritable(target)), { name: 'BrokenError' })
  await fails(pipe([1, 2, 3], toWritable(target)), { name: 'BrokenError' })
  await fails(pipe([], toWritable(target)), { name: 'BrokenError' })
  const error = new Error('before')
  const failed = new PassThrough().on('error', () => {})
  failed.destroy(error)
  await fails(pipe(['a'], toWritable(failed)), error)
})

test('toWritable destroys its target when it is broken off, unless it is told to leave it open', async () => {
  for (const end of [true, false]) {
    const target = new PassThrough({ objectMode: true })
    const task = run(
      pipe(
        function* () {
          yield 1
          yield* forever()
        },
        toWritable(target, { end }),
      ),
    )
    await turns()
    task.cancel()
    await task.settled()
    assert.equal(target.destroyed, end)
    assert.equal(target.listenerCount('drain'), end ? 1 : 0)
  }
})

test('toWritable with end: false leaves the target open, and nothing on it', async () => {
  const target = new PassThrough({ objectMode: true })
  await pipe([1, 2], toWritable(target, { end: false }))
  for (const event of ['drain', 'error', 'close']) assert.equal(target.listenerCount(event), 0)
  await pipe([3], toWritable(target))
  assert.deepEqual(await target.toArray(), [1, 2, 3])
})

test('toWritable writes to a web stream, and aborts it when it fails', async () => {
  const log: unknown[] = []
  const target = () =>
    new WritableStream<number>({
      async write(item) {
        await turns(1)
        log.push(item)
      },
      close: () => void log.push('closed'),
      abort: () => void log.push('aborted'),
    })
  await pipe([1, 2, 3], toWritable(target))
  assert.deepEqual(log, [1, 2, 3, 'closed'])
  log.length = 0
  const error = new Error('source')
  const source = function* () {
    yield 1
    yield* sleep(10)
    raise(error)
  }
  await fails(pipe(source, toWritable(target)), error)
  assert.deepEqual(log, [1, 'aborted'])
  const broken = new WritableStream({ write: () => raise(error) })
  await fails(pipe([1, 2, 3], toWritable(broken)), error)
})

test('toReadable gives a web stream that reads what is asked for, and closes the source', async () => {
  assert.equal(
    await new Response(
      pipe(
        ['a', 'b'],
        map(text => new TextEncoder().encode(text)),
        toReadable(),
      ),
    ).text(),
    'ab',
  )
  const source = new Counted()
  const reader = pipe(source.sync, toReadable()).getReader()
  await turns()
  assert.equal(source.pulled, 0)
  assert.deepEqual(await reader.read(), { done: false, value: 0 })
  await turns()
  assert.equal(source.pulled, 1)
  await reader.cancel()
  assert.ok(source.isClosedOnce)
  const error = new Error('source')
  await fails(
    pipe(() => raise(error), toReadable())
      .getReader()
      .read(),
    error,
  )
})

test('a Node stream from a stream', async () => {
  const source = new Counted()
  const stream = Readable.from(
    pipe(
      source.sync,
      map(n => n * 2),
    ),
  )
  for await (const item of stream) if (item === 8) break
  await turns()
  assert.ok(source.isClosedOnce)
})

test('through sends the items through a Node stream: gzip, CSV', async () => {
  const zipped = gzipSync(all.join('\n'))
  const unzipped = pipe(
    [zipped.subarray(0, 100), zipped.subarray(100)],
    through<Uint8Array, Uint8Array>(() => createGunzip()),
    lines(),
  )
  for (let i = 0; i < 2; i++) assert.deepEqual(await pipe(unzipped, toArray()), all)
  assert.deepEqual(
    await pipe(
      ['name,age\n"a,', 'nn",3\n', 'bob,4\n'],
      through<string, object>(() => parse({ columns: true })),
      toArray(),
    ),
    [
      { name: 'a,nn', age: '3' },
      { name: 'bob', age: '4' },
    ],
  )
})

test('through sends the items through a web stream', async () => {
  const zipped = gzipSync(all.join('\n'))
  const unzipped = pipe(
    [zipped.subarray(0, 100), zipped.subarray(100)],
    through<Uint8Array, Uint8Array>(() => new DecompressionStream('gzip') as never),
    lines(),
  )
  assert.deepEqual(await pipe(unzipped, toArray()), all)
  assert.deepEqual(await pipe(unzipped, take(2), toArray()), all.slice(0, 2))
})

test('through closes everything when it is broken off, or when one part fails', async () => {
  const made: Transform[] = []
  const slow = () => {
    const transform = new Transform({
      objectMode: true,
      highWaterMark: 2,
      transform: (item, _encoding, done) =>
        item === 7 ? done(new Error('seven')) : setImmediate(done, null, item),
    })
    made.push(transform)
    return transform
  }
  const source = new Counted()
  const stream = pipe(source.sync, through<number, number>(slow))
  assert.deepEqual(await pipe(stream, take(3), toArray()), [0, 1, 2])
  await fails(pipe(stream, toArray()), { message: 'seven' })
  const error = new Error('sink')
  await fails(
    pipe(
      stream,
      forEach(() => raise(error)),
    ),
    error,
  )
  await fails(
    pipe(
      function* () {
        yield 1
        raise(error)
      },
      through<number, number>(slow),
      toArray(),
    ),
    error,
  )
  assert.equal(made.length, 4)
  assert.ok(made.every(transform => transform.destroyed))
  assert.equal(source.opened, 3)
  assert.ok(source.isClosedOnce)
})

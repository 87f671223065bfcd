import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { OutputClosed, OutputFailed } from '#src/map/output/failure.js'
import { openOutput } from '#src/map/output/open.js'
import { descriptorSink, type Sink } from '#src/map/output/sink.js'
import { LineWriter } from '#src/map/output/writer.js'
import { tempFolder } from '../input/temp-folder.js'

/** A file, and what each write to it was. */
function counted(t: TestContext) {
  const path = join(tempFolder(t), 'out.jsonl')
  const fd = openSync(path, 'w')
  const file = descriptorSink(path, fd, async () => closeSync(fd))
  const writes: number[] = []
  const sink: Sink = {
    ...file,
    write(bytes) {
      writes.push(bytes.length)
      return file.write(bytes)
    },
  }
  return { path, writes, writer: new LineWriter(sink) }
}

test('the lines of a turn are one write', async t => {
  const { path, writes, writer } = counted(t)
  writer.write('a\n')
  writer.write('é\n')
  await new Promise(setImmediate)
  writer.write('c\n')
  await writer.close()
  assert.deepEqual(writes, [5, 2])
  assert.equal(readFileSync(path, 'utf8'), 'a\né\nc\n')
})

test('much in one turn is written in pieces of whole lines, in order', async t => {
  const { path, writes, writer } = counted(t)
  const lines = Array.from({ length: 100_000 }, (_, i) => `${i} ${'x'.repeat(i % 100)}\n`)
  for (const line of lines) writer.write(line)
  await writer.flush()
  assert.ok(writes.length > 2 && writes.length < 100, String(writes.length))
  await writer.close()
  assert.equal(readFileSync(path, 'utf8'), lines.join(''))
})

test('it is full while the reader is slow, and ready when it has read', async t => {
  const path = join(tempFolder(t), 'fifo')
  execFileSync('mkfifo', [path])
  // Opened for both directions, so that neither side waits for the other.
  const reader = createReadStream(path, { fd: openSync(path, 'r+') })
  t.after(() => reader.destroy())
  const { writer } = await openOutput({ output: path })
  const line = `${'x'.repeat(9999)}\n`
  let lines = 0
  for (; !writer.full; lines++) writer.write(line)
  assert.ok(lines > 100)
  let read = 0
  reader.on('data', bytes => {
    read += bytes.length
    if (read === lines * line.length) reader.destroy()
  })
  await writer.ready()
  assert.equal(writer.full, false)
  await writer.close()
  if (!reader.closed) await once(reader, 'close')
  assert.equal(read, lines * line.length)
})

test('a full disk is one line, kept for flush and close, and told at once', async () => {
  const { writer } = await openOutput({ output: '/dev/full' })
  writer.write('a\n')
  const error = await writer.failed
  assert.ok(error instanceof OutputFailed)
  assert.equal(error.code, 'ENOSPC')
  assert.equal(
    error.message,
    '/dev/full cannot be written: there is no space left on the disk; the lines written so far stay',
  )
  writer.write('b\n')
  await writer.ready()
  await assert.rejects(writer.flush(), error)
  await assert.rejects(writer.close(), error)
})

test('who waits for room is let go when writing fails', async () => {
  const { writer } = await openOutput({ output: '/dev/full' })
  while (!writer.full) writer.write(`${'x'.repeat(99_999)}\n`)
  await writer.ready()
  await assert.rejects(writer.close(), OutputFailed)
})

const CHILD = fileURLToPath(new URL('./stdout-child.js', import.meta.url))

function shell(command: string) {
  return spawnSync('bash', ['-c', command, process.execPath, CHILD], { encoding: 'utf8', maxBuffer: 1e9 })
}

test('standard output that is closed is told apart from one that fails', () => {
  const closed = shell('"$0" "$1" 1000000 | head -1; echo "$PIPESTATUS"')
  assert.equal(closed.stdout, 'line 0\n141\n')
  assert.match(closed.stderr, /^OutputClosed: standard output was closed\n$/)
  const full = shell('"$0" "$1" 10 > /dev/full')
  assert.equal(full.status, 1)
  assert.equal(
    full.stderr,
    'OutputFailed: standard output cannot be written: there is no space left on the disk; the lines written so far stay\n',
  )
})

test('a slow reader of standard output gets every line', () => {
  const { stdout, status } = shell('"$0" "$1" 300000 | (sleep 0.2; tail -1)')
  assert.deepEqual([stdout, status], ['line 299999\n', 0])
})

test('standard output that is a file gets every line after what it holds', t => {
  const path = join(tempFolder(t), 'out')
  shell(`(echo first; "$0" "$1" 50000) > ${path}`)
  const lines = readFileSync(path, 'utf8').split('\n')
  assert.deepEqual([lines.length, lines[0], lines[50_000]], [50_002, 'first', 'line 49999'])
})

test('an error that says the reader has gone is closed, any other failed', async () => {
  const codes = { EPIPE: OutputClosed, EIO: OutputFailed, EWHATEVER: OutputFailed }
  for (const [code, kind] of Object.entries(codes)) {
    const error = Object.assign(new Error(`${code}: said by the system`), { code })
    const writer = new LineWriter({ name: 'x', write: () => Promise.reject(error), close: async () => {} })
    writer.write('a\n')
    const failed = await writer.failed
    assert.ok(failed instanceof kind)
    assert.equal(failed.cause, error)
  }
})

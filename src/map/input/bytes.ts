import { close, constants, createReadStream, fstatSync, open, read } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { isatty, ReadStream } from 'node:tty'
import { promisify } from 'node:util'
import { BadUsage } from '../../workers/bad-usage.js'

/** Something to read, opened when it is first asked for bytes. */
export interface Bytes {
  /** As it is called in messages. */
  readonly name: string
  /** Where it is known beforehand. */
  readonly size?: number
  chunks(): AsyncGenerator<Buffer>
  /** Ends a read that is pending; the chunks end with it. */
  close(): void
}

const READ = 65_536
const openFile = promisify(open)
const closeFile = promisify(close)
const readFile = promisify(read)

/** A regular file, read where its descriptor stands. */
export function fileBytes(path: string, size: number): Bytes {
  return {
    name: path,
    size,
    close: nothing,
    async *chunks() {
      const fd = await openFile(path, 'r')
      try {
        yield* descriptor(fd)
      } finally {
        await closeFile(fd)
      }
    },
  }
}

/**
 * A pipe or device with a name of its own, such as that of `<(…)`.
 *
 * It is waited for in the event loop: a read that waits in the thread pool would keep the process from ending.
 */
export function pipeBytes(path: string): Bytes {
  return streamed(path, async () => {
    const fd = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (isatty(fd)) return new ReadStream(fd)
    if (!fstatSync(fd).isFIFO()) return createReadStream(path, { fd })
    return new Socket({ fd, readable: true, writable: false })
  })
}

/** Descriptor 0. Another process may have read a part of it before. */
export function stdinBytes(): Bytes {
  const name = 'standard input'
  const stat = fstatSync(0)
  if (stat.isDirectory()) throw new BadUsage('standard input is a folder: write the name of a file after <')
  if (!stat.isFile()) return streamed(name, async () => process.stdin)
  return { name, size: stat.size, close: nothing, chunks: () => descriptor(0) }
}

async function* descriptor(fd: number): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await readFile(fd, Buffer.allocUnsafe(READ), 0, READ, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

function streamed(name: string, start: () => Promise<Readable>): Bytes {
  let stream: Readable | undefined
  let closed = false
  return {
    name,
    close() {
      closed = true
      stream?.destroy()
    },
    async *chunks() {
      try {
        stream = await start()
        if (closed) stream.destroy()
        else yield* stream
      } catch (error) {
        if (!closed) throw error
      }
    },
  }
}

function nothing(): void {}

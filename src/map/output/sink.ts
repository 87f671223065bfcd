import { fstatSync, write } from 'node:fs'
import type { Writable } from 'node:stream'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'

/** Where bytes go. One `write` at a time. */
export interface Sink {
  /** As it is called in messages. */
  readonly name: string
  write(bytes: Buffer): Promise<void>
  close(): Promise<void>
}

const writeFile = promisify(write)

/** A file or device, by its descriptor, which goes on where it stands. */
export function descriptorSink(name: string, fd: number, close = async () => {}): Sink {
  return {
    name,
    close,
    async write(bytes) {
      for (let done = 0; done < bytes.length; ) done += (await writeFile(fd, bytes, done)).bytesWritten
    },
  }
}

/**
 * A pipe, socket or terminal.
 *
 * It is waited for in the event loop: a write that waits in the thread pool would keep the process from ending.
 */
export function streamSink(name: string, stream: Writable, close = async () => {}): Sink {
  // A write that fails tells its callback; the event would end the process.
  stream.on('error', () => {})
  return {
    name,
    write: bytes => new Promise((done, fail) => stream.write(bytes, error => (error ? fail(error) : done()))),
    close,
  }
}

/** Descriptor 1, which stays open. */
export function stdoutSink(): Sink {
  const name = 'standard output'
  const stat = fstatSync(1)
  const waits = stat.isFIFO() || stat.isSocket() || isatty(1)
  return waits ? streamSink(name, process.stdout) : descriptorSink(name, 1)
}

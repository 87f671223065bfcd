import { close, constants, fstatSync, open } from 'node:fs'
import { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { promisify } from 'node:util'
import { BadUsage } from '../../workers/bad-usage.js'
import type { Sink } from './sink.js'
import { descriptorSink, streamSink } from './sink.js'

const openFile = promisify(open)
const closeFile = promisify(close)

/** What is there already and is no file: `/dev/null`, or a pipe with a name, whose reader must be there. */
export async function deviceSink(path: string): Promise<Sink> {
  const fd = await openFile(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(error => {
    throw unwritable(path, error)
  })
  if (!fstatSync(fd).isFIFO()) return descriptorSink(path, fd, () => closeFile(fd))
  const pipe = new Socket({ fd, readable: false, writable: true })
  return streamSink(path, pipe, () => finished(pipe.end()).catch(() => {}))
}

function unwritable(path: string, { code, message }: NodeJS.ErrnoException): BadUsage {
  if (code === 'ENXIO') return new BadUsage(`nobody reads from ${path}: start its reader first`)
  return new BadUsage(`${path} cannot be written: ${message}`)
}

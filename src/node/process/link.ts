import type { Readable, Writable } from 'node:stream'
import { type Co, co, suspend } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import type { Part } from './completed.js'

/** How often what is left is looked at for its end, before the one that writes it is cut off. */
const LOOKS = 3

/** What one process writes is what the next one reads, at the pace of the slower. Runs until neither does any more. */
export function link(up: Part, down: Part): Co<void> {
  const from = up.live.pipeOf('stdout')
  const to = down.live.pipeOf('stdin')
  from.on('error', () => {})
  from.on('close', () => to.end())
  from.pipe(to)
  return cutting(up, from, to)
}

const cutting = co(function* (up: Part, from: Readable, to: Writable): Coroutine<void> {
  yield* closing(to)
  from.unpipe()
  from.resume()
  // It may have ended by itself, and then its status counts; that is known at the end of its output.
  for (let look = 0; look < LOOKS && !from.readableEnded; look++) yield* nextTurn()
  up.wasCut = !from.readableEnded && up.live.exit === null
  from.destroy()
})

function closing(stream: Writable): Co<void> {
  return suspend(resume => {
    if (stream.closed) resume()
    stream.once('close', resume)
    return () => stream.off('close', resume)
  })
}

function nextTurn(): Co<void> {
  return suspend(resume => {
    const immediate = setImmediate(resume)
    return () => clearImmediate(immediate)
  })
}

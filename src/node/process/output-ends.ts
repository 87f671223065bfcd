import type { Readable } from 'node:stream'
import { co, suspend } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'

/** How long a pipe may be silent once the process that had it is gone. */
const SILENCE = 200

/**
 * Waits until the end of an output that somebody reads. Whoever has left the group of the process may hold it for ever:
 * after a silence it is closed.
 */
export const outputEnds = co(function* (stream: Readable | null): Coroutine<void> {
  if (stream === null) return
  for (let heard = -1, before = -2; !stream.closed && heard !== before; ) {
    before = heard
    yield* closedOrSilent(stream)
    heard = (stream as unknown as { bytesRead: number }).bytesRead
  }
  stream.destroy()
})

function closedOrSilent(stream: Readable) {
  return suspend(resume => {
    // What has arrived while this process was busy is read between a timer and an immediate.
    let immediate: NodeJS.Immediate | undefined
    const timer = setTimeout(() => {
      immediate = setImmediate(resume)
    }, SILENCE)
    stream.once('close', resume)
    const stop = () => {
      clearTimeout(timer)
      clearImmediate(immediate)
      stream.off('close', resume)
    }
    stream.once('close', stop)
    return stop
  })
}

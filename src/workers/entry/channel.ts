import { syncBuiltinESMExports } from 'node:module'
import worker, { parentPort } from 'node:worker_threads'
import type { Movable } from '../transfer.js'
import type { FromWorker, ToWorker } from '../wire.js'
import { endWithParent } from './watcher.js'

/** The way to the parent. */
export interface Channel {
  /** @param moved what goes there and is not copied, where that can be. */
  send(message: FromWorker, moved?: readonly Movable[]): void
  /**
   * True where nothing that was sent would be lost with this process any more; else `then` is called when that is so. A
   * pipe takes 200 kB that its other end has not read, and the rest waits here.
   */
  whenOut(then: () => void): boolean
  /** Sends the last message, and exits when it is out. */
  leave(message: FromWorker): void
  listen(receive: (message: ToWorker) => void): void
}

/**
 * Takes the channel of this process out of the reach of user code: libraries that find `process.send` believe that
 * they were forked, and would talk in between.
 */
export function processChannel(): Channel {
  const send = process.send!.bind(process) as (message: FromWorker, ...rest: unknown[]) => void
  delete process.send
  // Nor would anything be told any more when they hang up. Node calls it itself when the parent is gone.
  process.disconnect = () => {}
  // Held here too, for `process.exit` may be what the user's module has replaced.
  const exit = process.exit.bind(process)
  let pending = 0
  let out = (): void => {}
  const sent = (): void => {
    if (--pending === 0) out()
  }
  return {
    send(message) {
      if (!process.connected) return
      send(message, undefined, undefined, sent)
      // Not before: what cannot be cloned throws, and is never sent.
      pending++
    },
    whenOut(then) {
      out = then
      return pending === 0
    },
    leave(message) {
      send(message, undefined, undefined, () => exit(0))
    },
    listen(receive) {
      process.on('message', message => receive(message as ToWorker))
      endWithParent()
    },
  }
}

/** The port to the thread that has started this one, out of the reach of user code, too. */
export function threadChannel(): Channel {
  const port = parentPort!
  ;(worker as { parentPort: unknown }).parentPort = null
  syncBuiltinESMExports()
  const exit = process.exit.bind(process)
  return {
    send: (message, moved) => port.postMessage(message, moved),
    whenOut: () => true,
    leave(message) {
      port.postMessage(message)
      exit(0)
    },
    listen: receive => port.on('message', receive),
  }
}

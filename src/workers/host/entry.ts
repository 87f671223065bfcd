import { fileURLToPath } from 'node:url'
import { endWithParent, startWatcher } from '../entry/watcher.js'
import { Held } from '../held.js'
import { Thread } from '../thread.js'
import type { FromHost, ToHost } from './wire.js'

const threads = new Map<number, Thread>()
let isWatched = false

process.on('message', message => take(message as ToHost))
endWithParent()

function take(message: ToHost): void {
  const { n } = message
  if (message.t === 'start') {
    start(n, message.entry, message.memory)
    return
  }
  const thread = threads.get(n)
  if (message.t === 'kill') thread?.kill()
  else {
    const { message: inner } = message
    if (inner.t === 'load' && !isWatched) {
      isWatched = true
      // No call runs on this event loop: there is never one to tell of.
      startWatcher(inner.parent, new Held(), fileURLToPath(inner.code))
    }
    thread?.post(inner)
  }
}

function start(n: number, entry: string, memory: number | undefined): void {
  const thread = new Thread(new URL(entry), memory)
  threads.set(n, thread)
  thread.tell({
    message: message => send({ t: 'from', n, message }),
    output: chunk => send({ t: 'output', n, chunk }),
    holds: id => send({ t: 'holds', n, id }),
    gone: ({ error, ...end }) => {
      threads.delete(n)
      const { message, code } = (error ?? {}) as { message: string; code?: string }
      send({ t: 'gone', n, end: { ...end, ...(error && { error: { message, code } }) } })
    },
  })
}

function send(message: FromHost): void {
  if (process.connected) process.send!(message, undefined, undefined, () => {})
}

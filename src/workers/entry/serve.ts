import { fileURLToPath } from 'node:url'
import { isMainThread, workerData } from 'node:worker_threads'
import { type ErrorRecord, errorRecord } from '../errors/record.js'
import { Held } from '../held.js'
import { cleanRecord } from '../load/stack.js'
import { Link } from '../share/link.js'
import type { SharedObjects } from '../share/shared.js'
import { uncloneable } from '../uncloneable.js'
import type { Load, ToWorker } from '../wire.js'
import { type Channel, processChannel, threadChannel } from './channel.js'
import { Engine } from './engine.js'
import { catchLateErrors } from './late.js'
import { loadModule } from './load.js'
import { resolveOurselves } from './ourselves.js'
import { Owners } from './owners.js'
import { Results } from './results.js'
import type { UserFunction } from './sink.js'
import { rssNow, usageAtOnce, usageNow } from './usage.js'
import { startWatcher } from './watcher.js'

/** A process that goes past its memory by this while an item runs is killed. */
const PAST = 1.1

type Adapt = (fn: UserFunction) => UserFunction

/**
 * Makes this process, or this thread, a worker: it loads the module that its parent names, and runs calls until it is
 * told to end. `encodeValue` gives the JSON text of a value, and throws what the call then fails with. `adapt` makes of
 * the user's function what is called with each input. The one statement of an entry file.
 */
export function serve(encodeValue: (value: unknown) => string, adapt: Adapt = fn => fn): void {
  resolveOurselves()
  const channel = isMainThread ? processChannel() : threadChannel()
  const link = new Link(message => channel.send(message))
  const early: ToWorker[] = []
  let receive = (message: ToWorker): void => {
    early.push(message)
  }
  channel.listen(message => {
    if (message.t === 'ping') channel.send({ t: 'pong', n: message.n, usage: usageAtOnce() })
    else if (message.t === 'ask' || message.t === 'answer') link.take(message)
    else if (message.t === 'load') load(message)
    else receive(message)
  })

  async function load(message: Load): Promise<void> {
    const served = await start(message, encodeValue, adapt, channel, link)
    if (served === undefined) return
    receive = served
    early.forEach(receive)
  }
}

/** Gives what takes the messages from then on; `undefined` where there is nothing to run. */
async function start(
  message: Load,
  encodeValue: (value: unknown) => string,
  adapt: Adapt,
  channel: Channel,
  link: Link,
): Promise<((message: ToWorker) => void) | undefined> {
  const { code, exportName, concurrency, timeout, encode, locals, memory, parent } = message
  const encodeError = (thrown: unknown): ErrorRecord => cleanRecord(errorRecord(thrown), code)
  const held = new Held(isMainThread ? undefined : workerData.memory)
  const owners = new Owners()
  held.beat()
  // Before any of the user's code: that may already compute without end.
  if (isMainThread) startWatcher(parent, held, fileURLToPath(code))
  catchLateErrors(owners, encodeError)
  process.setSourceMapsEnabled(true)
  const shared = link.unpack(message.shared ?? {}) as SharedObjects
  const module = await loadModule(code, exportName, shared, encodeError)
  if ('stage' in module) {
    channel.leave({ t: 'failed', problem: module })
    return undefined
  }
  const { fn, resource, loadMs, setupMs, teardown } = module
  if (memory !== undefined) {
    const rss = rssNow()
    if (rss >= memory) {
      channel.leave({ t: 'failed', problem: { stage: 'memory', rss, memory, exports: [] } })
      return undefined
    }
    held.limit(memory * PAST)
  }
  const asJson = encode === 'json' ? encodeValue : undefined
  const results = new Results({ channel, encodeValue: asJson, encodeError, held })
  const tellLast = () => results.exiting()
  process.on('exit', tellLast)
  const options = uncloneable(module.options, 'options') === undefined ? module.options : undefined
  channel.send({ t: 'ready', options, loadMs, setupMs, usage: usageNow(0) })
  const engine = new Engine({
    fn: adapt(fn),
    resource,
    concurrency,
    timeout,
    sink: results,
    held,
    owners,
    shared,
    locals,
    ...(memory !== undefined && { isSpent: now => rssNow(now) > memory, spent }),
  })
  let isEnding = false
  // The function that ended last is still below on the stack.
  function spent(): void {
    if (isEnding) return
    isEnding = true
    setImmediate(() => end(rssNow()))
  }
  return message => {
    if (message.t === 'calls') {
      for (const at of message.shared ?? []) message.inputs[at] = link.unpack(message.inputs[at])
      engine.add(message)
    } else if (message.t === 'cancel') engine.cancel(message.ids)
    else if (message.t === 'concurrency') engine.setConcurrency(message.value)
    else if (message.t === 'timeout') engine.timeout = message.value
    else if (message.t === 'tasks') tell(message.n)
    else if (message.t === 'end' && !isEnding) {
      isEnding = true
      void end()
    }
  }

  async function tell(n: number): Promise<void> {
    // Only for who looks: it takes time to load.
    const { tasksOf } = await import('./tasks.js')
    channel.send({ t: 'tasks', n, calls: tasksOf(engine.tasks()) })
  }

  async function end(grown?: number): Promise<void> {
    if (grown === undefined) engine.cancelAll()
    if (grown === undefined) await engine.idle()
    let error: ErrorRecord | undefined
    try {
      await teardown()
    } catch (thrown) {
      error = encodeError(thrown)
    }
    results.flush()
    process.off('exit', tellLast)
    channel.leave({ t: 'ended', ...(error && { error }), ...(grown !== undefined && { grown }) })
  }
}

import { fileURLToPath } from 'node:url'
import type { EncodedError } from '../encoded-error.js'
import { uncloneable } from '../uncloneable.js'
import type { Load, ToWorker } from '../wire.js'
import { type Channel, takeChannel } from './channel.js'
import { Engine } from './engine.js'
import { Held } from './held.js'
import type { Hooks } from './hooks.js'
import { catchLateErrors } from './late.js'
import { loadModule, type UserModule } from './load.js'
import { Owners } from './owners.js'
import { Results } from './results.js'
import { usageNow } from './usage.js'
import { startWatcher } from './watcher.js'

/**
 * Makes this process a worker: it loads the module that its parent names, and runs calls until it is told to end.
 * The one statement of an entry file.
 */
export function serve(hooks: Hooks): void {
  const channel = takeChannel()
  const early: ToWorker[] = []
  let receive = (message: ToWorker): void => {
    early.push(message)
  }
  channel.listen(message => {
    if (message.t === 'ping') channel.send({ t: 'pong', n: message.n })
    else if (message.t === 'load') load(message)
    else receive(message)
  })

  async function load(message: Load): Promise<void> {
    const served = await start(message, hooks, channel)
    if (served === undefined) return
    receive = served
    early.forEach(receive)
  }
}

/** Gives what takes the messages from then on; `undefined` where there is nothing to run. */
async function start(
  message: Load,
  hooks: Hooks,
  channel: Channel,
): Promise<((message: ToWorker) => void) | undefined> {
  const { code, exportName, concurrency, timeout, encode, parent } = message
  const encodeError = (thrown: unknown): EncodedError => hooks.encodeError(thrown, code)
  const held = new Held()
  const owners = new Owners()
  held.beat()
  // Before any of the user's code: that may already compute without end.
  startWatcher(parent, held, fileURLToPath(code))
  catchLateErrors(owners, encodeError)
  process.setSourceMapsEnabled(true)
  const module = await loadModule(code, exportName, encodeError)
  if ('stage' in module) {
    channel.leave({ t: 'failed', problem: module })
    return undefined
  }
  const { fn, resource, loadMs, setupMs } = module
  const encodeValue = encode === 'json' ? hooks.encodeValue : undefined
  const results = new Results({ channel, encodeValue, encodeError, held })
  const tellLast = () => results.exiting()
  process.on('exit', tellLast)
  const options = uncloneable(module.options, 'options') === undefined ? module.options : undefined
  channel.send({ t: 'ready', options, loadMs, setupMs, usage: usageNow(0) })
  const engine = new Engine({ fn, resource, concurrency, timeout, sink: results, held, owners })
  return message => {
    if (message.t === 'calls') engine.add(message)
    else if (message.t === 'cancel') engine.cancel(message.ids)
    else if (message.t === 'concurrency') engine.setConcurrency(message.value)
    else if (message.t === 'timeout') engine.timeout = message.value
    else if (message.t === 'end') end(engine, module, tellLast)
  }

  async function end(engine: Engine, module: UserModule, tellLast: () => void): Promise<void> {
    engine.cancelAll()
    await engine.idle()
    let error: EncodedError | undefined
    try {
      await module.teardown()
    } catch (thrown) {
      error = encodeError(thrown)
    }
    results.flush()
    process.off('exit', tellLast)
    channel.leave({ t: 'ended', ...(error && { error }) })
  }
}

import { constants } from 'node:os'
import { Channel } from '../sync/channel.js'
import { ReceiveEnd } from '../sync/ends.js'
import type { Receiver } from '../sync/index.js'
import { usage } from './errors.js'

const taken = new Map<NodeJS.Signals, number>()

/** Whether a program receives this signal by itself. */
export function isTaken(signal: NodeJS.Signals): boolean {
  return (taken.get(signal) ?? 0) > 0
}

export function checkSignal(what: string, name: unknown): void {
  if (typeof name !== 'string' || !Object.hasOwn(constants.signals, name)) throw usage.badSignal(what, name)
}

/**
 * Signals sent to this process, from now on; what they did before (ending it, say) they do again when the receiver is
 * closed. One that comes twice before it is received counts once, as with the system itself. To wait for one does not
 * keep the process going by itself; `main` does.
 *
 * @example
 * const hangups = signals('SIGHUP')
 * process.kill(process.pid, 'SIGHUP')
 * yield* timeout(1000, () => hangups.receive()) // 'SIGHUP'
 * hangups.close()
 * @throws UsageError where a name is no signal, or one that no process can hear.
 * @see trio's `open_signal_receiver`
 */
export function signals(...names: readonly NodeJS.Signals[]): Receiver<NodeJS.Signals> {
  if (names.length === 0) throw usage.badSignal('signals()', undefined)
  for (const name of names) {
    checkSignal('signals', name)
    if (name === 'SIGKILL' || name === 'SIGSTOP') throw usage.badSignal('signals', name)
  }
  const channel = new Channel<NodeJS.Signals>(names.length)
  channel.senders = 1
  const receiver = new ReceiveEnd(channel)
  const hear = (name: NodeJS.Signals) => {
    for (const each of channel.buffer) if (each === name) return
    channel.offer(name, null)
  }
  for (const name of new Set(names)) {
    process.on(name, hear)
    taken.set(name, (taken.get(name) ?? 0) + 1)
  }
  channel.onBroken = () => {
    for (const name of new Set(names)) {
      process.off(name, hear)
      taken.set(name, taken.get(name)! - 1)
    }
  }
  return receiver
}

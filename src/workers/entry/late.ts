import type { ErrorRecord } from '../errors/record.js'
import type { Owners } from './owners.js'

/**
 * Errors from timers and rejections that nobody handles. They fail the call that they come from, if that still runs;
 * else they belong to nobody and are printed. The process goes on: its other calls have done nothing wrong.
 */
export function catchLateErrors(owners: Owners, encodeError: (thrown: unknown) => ErrorRecord): void {
  const late = (thrown: unknown): void => {
    if (owners.current()?.fail(thrown)) return
    const { name, message, stack } = encodeError(thrown)
    // Where nobody reads it any more, that would be the next late error, and so on without end.
    if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {})
    process.stderr.write(`an error that belongs to no running item: ${stack ?? `${name}: ${message}`}\n`)
  }
  process.on('uncaughtException', late)
  process.on('unhandledRejection', late)
}

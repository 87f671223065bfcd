import type { ErrorRecord } from '../../workers/errors/record.js'
import { reviveError } from '../../workers/errors/revive.js'

/** What BullMQ is told of a failure: it looks at the name, the message and the stack. */
export function asError(error: unknown): Error {
  const thrown = error instanceof Error ? error : reviveError(error as ErrorRecord)
  if (thrown instanceof Error) return thrown
  const { message } = error as ErrorRecord
  const made = new Error(message)
  made.stack = message
  return made
}

/** Milliseconds after which whoever was asked too much wants to be asked again: `retryAfter`, in seconds. */
export function delayOf(error: unknown): number | undefined {
  const { retryAfter } = (error ?? {}) as { readonly retryAfter?: unknown }
  const seconds =
    retryAfter === undefined || retryAfter === null || retryAfter === '' ? NaN : Number(retryAfter)
  return seconds >= 0 && seconds < Infinity ? seconds * 1000 : undefined
}

import { Poisoned } from '../../map/run/poisoned.js'
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
  if (typeof retryAfter !== 'number' && typeof retryAfter !== 'string') return undefined
  const seconds = retryAfter === '' ? NaN : Number(retryAfter)
  return seconds >= 0 && seconds < Infinity ? seconds * 1000 : undefined
}

export function isDeath(error: unknown): error is Poisoned {
  return error instanceof Poisoned
}

/** Of an attempt on whichever machine: all that is kept of it is what was told. */
export function wasDeath(failedReason: string | null | undefined): boolean {
  return /^the worker .* while it ran nothing but this item$/s.test(failedReason ?? '')
}

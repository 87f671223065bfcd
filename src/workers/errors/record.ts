import { inspect, types } from 'node:util'
import { copyForRecord } from './copy.js'

/**
 * An error as plain data: it survives JSON and structured clone.
 *
 * Something thrown that is no error has the name `NonError`, its looks as the message, and itself in `thrown` where JSON can
 * carry it: `{name: 'NonError', message: "'boom'", thrown: 'boom'}`.
 */
export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** A record if it is an error, else the value. */
  readonly cause?: unknown
  /** Those of an `AggregateError`. */
  readonly errors?: readonly unknown[]
  /** The error's own properties; what JSON cannot carry is left out. */
  readonly [property: string]: unknown
}

const LONGEST_LOOKS = 1000

/** Never throws, whatever was thrown. */
export function errorRecord(thrown: unknown): ErrorRecord {
  if (isError(thrown)) return copyForRecord(thrown) as ErrorRecord
  const record = { name: 'NonError', message: looks(thrown) }
  const copy = typeof thrown === 'bigint' ? undefined : copyForRecord(thrown)
  return copy === undefined ? record : { ...record, thrown: copy }
}

export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error
}

function looks(value: unknown): string {
  try {
    const text = inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY })
    return text.length > LONGEST_LOOKS ? `${text.slice(0, LONGEST_LOOKS)}…` : text
  } catch {
    return `something of type ${typeof value} that cannot be shown`
  }
}

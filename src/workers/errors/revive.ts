import { TimeoutError } from '../../core/errors.js'
import type { ErrorRecord } from './record.js'

class Aggregate extends AggregateError {
  constructor(message: string) {
    super([], message)
  }
}

const CLASSES: Record<string, new (message: string) => Error> = {
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  TimeoutError,
  AggregateError: Aggregate,
  ScopeError: Aggregate,
}

/**
 * What was thrown, from its record: an error of the same class where that is one of JavaScript's or `TimeoutError`, with
 * name, message, stack, cause and own properties; what was no error as it was, if JSON could carry it.
 */
export function reviveError(record: ErrorRecord): unknown {
  if (record.name === 'NonError' && record.stack === undefined) {
    if ('thrown' in record) return record.thrown
    if (record.message === 'undefined') return undefined
  }
  const { name, message, stack, cause, ...own } = record
  const error = new (CLASSES[name] ?? Error)(message)
  if (error.name !== name) hidden(error, 'name', name)
  if (stack !== undefined) hidden(error, 'stack', stack)
  if (cause !== undefined) hidden(error, 'cause', inner(cause))
  if (Array.isArray(own.errors)) own.errors = own.errors.map(inner)
  return Object.assign(error, own)
}

function inner(value: unknown): unknown {
  return isRecord(value) ? reviveError(value) : value
}

function isRecord(value: unknown): value is ErrorRecord {
  if (typeof value !== 'object' || value === null) return false
  const { name, message, stack } = value as Record<string, unknown>
  return typeof name === 'string' && typeof message === 'string' && typeof stack === 'string'
}

function hidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false })
}

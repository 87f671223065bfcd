import { types } from 'node:util'

// A message and its data are never this deep; a request with its socket is.
const DEEPEST = 20
const OWN = ['name', 'message', 'stack', 'cause', 'errors']

/** Plain data with what JSON can carry of `value`; `undefined` if that is nothing. Never throws. */
export function copyForRecord(value: unknown): unknown {
  return copy(value, [])
}

function copy(value: unknown, inside: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'bigint':
      return String(value)
    case 'object':
      if (value === null) return null
      if (inside.includes(value) || inside.length > DEEPEST) return
      return attempt(() => copyObject(value, [...inside, value]))
    default:
      return
  }
}

function copyObject(value: object, inside: readonly object[]): unknown {
  if (types.isNativeError(value) || value instanceof Error) return copyError(value, inside)
  if (Array.isArray(value)) return value.map(item => copy(item, inside) ?? null)
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (types.isTypedArray(value) || types.isSet(value) || types.isMap(value)) {
    return copy(Array.from<unknown>(value as Iterable<unknown>), inside)
  }
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return copy(toJSON.call(value, ''), inside)
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null)
    return copyProperties(value, item => copy(item, inside))
  // An instance may lead anywhere, a request to its socket and its agent: only what it holds itself.
  return copyProperties(value, item =>
    typeof item === 'object' && item !== null ? undefined : copy(item, inside),
  )
}

function copyError(error: Error, inside: readonly object[]): Record<string, unknown> {
  const name = text(attempt(() => error.name)) ?? 'Error'
  const message = text(attempt(() => error.message)) ?? ''
  const stack = text(attempt(() => error.stack)) ?? (message ? `${name}: ${message}` : name)
  const record: Record<string, unknown> = { name, message, stack }
  for (const key of ['cause', 'errors'] as const) {
    const value = attempt(
      () => key in error && copy((error as unknown as Record<string, unknown>)[key], inside),
    )
    if (value !== undefined && value !== false) record[key] = value
  }
  return Object.assign(
    record,
    copyProperties(error, item => copy(item, inside), OWN),
  )
}

function copyProperties(
  from: object,
  each: (value: unknown) => unknown,
  except: readonly string[] = [],
): Record<string, unknown> {
  const to: Record<string, unknown> = {}
  for (const key of Object.keys(from)) {
    if (key === '__proto__' || except.includes(key)) continue
    const value = attempt(() => each((from as Record<string, unknown>)[key]))
    if (value !== undefined) to[key] = value
  }
  return to
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** What `read` gives, or nothing where a getter, proxy or `toJSON` throws. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return
  }
}

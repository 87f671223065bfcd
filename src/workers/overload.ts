import type { Overload } from './worker.js'

const STATUSES = new Set([429, 503])
const CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
])

/**
 * Whether what was thrown (or a returned `Response`) says that somebody was asked too much: its `status`,
 * `statusCode` or `code`, or those of its `response` or of its causes.
 */
export function overloadOf(thrown: unknown): Overload | undefined {
  try {
    return search(thrown)
  } catch {
    // A getter or proxy that throws says nothing about load.
    return undefined
  }
}

function search(thrown: unknown): Overload | undefined {
  let at: unknown = thrown
  // fetch hides the code two causes deep; more than that is somebody's own story.
  for (let depth = 0; depth < 4 && isObject(at); depth++) {
    const found = here(at) ?? (isObject(at.response) ? here(at.response) : undefined)
    if (found !== undefined) return found
    at = at.cause ?? (Array.isArray(at.errors) ? at.errors[0] : undefined)
  }
  return undefined
}

interface Loose {
  readonly [key: string]: unknown
}

function here(thing: Loose): Overload | undefined {
  const code = [thing.status, thing.statusCode, thing.code].find(speaks)
  if (code === undefined) return undefined
  const retryAfter =
    milliseconds(thing.retryAfter) ??
    milliseconds(header(thing.headers)) ??
    milliseconds(header(field(thing.response, 'headers')))
  return retryAfter === undefined ? { code } : { code, retryAfter }
}

function speaks(code: unknown): code is string | number {
  return typeof code === 'number'
    ? STATUSES.has(code)
    : typeof code === 'string' && (CODES.has(code) || STATUSES.has(Number(code)))
}

function header(headers: unknown): unknown {
  if (!isObject(headers)) return undefined
  if (typeof headers.get === 'function') return headers.get('retry-after')
  return headers['retry-after'] ?? headers['Retry-After']
}

/** Seconds or an HTTP date, as RFC 9110 has it for Retry-After. */
function milliseconds(given: unknown): number | undefined {
  if (given === undefined || given === null || given === '') return undefined
  const seconds = Number(given)
  if (seconds >= 0 && seconds < Infinity) return seconds * 1000
  const date = typeof given === 'string' ? Date.parse(given) : NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

function field(thing: unknown, name: string): unknown {
  return isObject(thing) ? thing[name] : undefined
}

function isObject(thing: unknown): thing is Loose {
  return typeof thing === 'object' && thing !== null
}

// Not `instanceof`: the mere name of the global loads the whole of fetch.
export function isResponse(value: unknown): value is Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.toStringTag in value &&
    value[Symbol.toStringTag] === 'Response'
  )
}

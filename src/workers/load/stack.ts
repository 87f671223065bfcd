import { fileURLToPath } from 'node:url'
import { CODE_NAME } from './names.js'

/** The folder of this package: frames under its `dist` and `src` are omakase's own. */
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url))
/** What calls the user's function. */
const ENGINE = '/workers/entry/'

/**
 * A stack without the frames of omakase, of Node's insides and of the bundle's own helpers, and without all that
 * called the user's function. The first line stays.
 */
export function cleanStack(stack: string, code: string): string {
  const folder = fileURLToPath(new URL('.', code))
  const lines = stack.replaceAll(`${folder}${CODE_NAME}`, CODE_NAME).split('\n')
  const caller = lines.findIndex(line => isFrame(line) && line.includes(ENGINE))
  const kept = (caller < 0 ? lines : lines.slice(0, caller)).filter(
    line => !isFrame(line) || !isInside(line, folder),
  )
  while (/^\s+at .*\(node:/.test(kept.at(-1)!)) kept.pop()
  return kept.join('\n')
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

function isInside(line: string, folder: string): boolean {
  return (
    /\(?node:(internal\/|async_hooks)/.test(line) ||
    [`${PACKAGE}dist/`, `${PACKAGE}src/`, folder].some(own => line.includes(own)) ||
    /^\s+at (async )?(Promise\.\w+|new Promise|Array\.\w+|Generator\.\w+) \((<anonymous>|index \d+)\)$/.test(
      line,
    )
  )
}

/** The same for an error's record, with the causes and the errors within. */
export function cleanRecord<T extends object>(record: T, code: string): T {
  const cleaned = { ...record } as Record<string, unknown>
  if (typeof cleaned.stack === 'string') cleaned.stack = cleanStack(cleaned.stack, code)
  if (isRecord(cleaned.cause)) cleaned.cause = cleanRecord(cleaned.cause, code)
  if (Array.isArray(cleaned.errors))
    cleaned.errors = cleaned.errors.map(inner => (isRecord(inner) ? cleanRecord(inner, code) : inner))
  return cleaned as T
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'stack' in value
}

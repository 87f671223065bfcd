import { serialize } from 'node:v8'

/**
 * The error for something that structured clone refuses, with the path of the culprit: `output.rows[3].cb`.
 * `undefined` where all of it can be cloned.
 */
export function uncloneable(value: unknown, path: string): TypeError | undefined {
  if (cloneable(value)) return undefined
  const culprit = find(value, path, new Set())
  return new TypeError(
    `${culprit.path} is ${culprit.what}, which cannot leave its process; ${path === 'output' ? 'return' : 'pass'} plain data instead`,
  )
}

interface Culprit {
  readonly path: string
  readonly what: string
}

function find(value: unknown, path: string, above: Set<unknown>): Culprit {
  if (typeof value !== 'object' || value === null || above.has(value)) return { path, what: kind(value) }
  above.add(value)
  for (const [step, part] of parts(value)) {
    if (above.has(part) || cloneable(part)) continue
    return find(part, path + step, above)
  }
  return { path, what: kind(value) }
}

function* parts(value: object): Iterable<[step: string, part: unknown]> {
  if (value instanceof Map) {
    for (const [key, part] of value) {
      yield [`.keys(${String(key)})`, key]
      yield [`.get(${JSON.stringify(key) ?? String(key)})`, part]
    }
  } else if (value instanceof Set) {
    let at = 0
    for (const part of value) yield [`.values()[${at++}]`, part]
  } else if (Array.isArray(value)) {
    for (const [at, part] of value.entries()) yield [`[${at}]`, part]
  } else {
    for (const [key, part] of Object.entries(value))
      yield [/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`, part]
  }
}

function cloneable(value: unknown): boolean {
  try {
    serialize(value)
    return true
  } catch {
    return false
  }
}

function kind(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  const name = Object.prototype.toString.call(value).slice(8, -1)
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`
}

import { isDeepStrictEqual } from 'node:util'

/** Prints what was found, and throws where it is not what was expected. */
export function compare<T>(what: string, found: T, expected: T): void {
  const text = typeof found === 'object' ? JSON.stringify(found) : String(found)
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`${what}: ${text}, but it should be ${JSON.stringify(expected)}`)
  process.stdout.write(`${what}: ${text}, as it should be\n`)
}

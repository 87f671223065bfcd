import { readFileSync } from 'node:fs'

/** A line that `omakase map` has written. */
export interface Result<O> {
  readonly index: number
  readonly input: string
  readonly output?: O
  readonly error?: { readonly name: string; readonly message: string }
}

export function readResults<O>(file: string): Result<O>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Result<O>)
}

/** How often each is there. */
export function count(values: Iterable<string | number>): { [value: string]: number } {
  const counts: { [value: string]: number } = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readResults } from '../demo/results.js'
import type { Hashed } from '../hash-files/hash-file.js'

/** What is not as it should be: each of the files has one line, with the hash that a plain loop finds. */
export function wrongIn(hashes: string, files: readonly string[]): string[] {
  const found = new Map<string, (string | undefined)[]>(files.map(file => [file, []]))
  const strange: string[] = []
  for (const { input, output } of readResults<Hashed>(hashes)) {
    const seen = found.get(input)
    if (seen === undefined) strange.push(`${input} was not asked for`)
    else seen.push(output?.sha256)
  }
  for (const [file, sums] of found) {
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
    if (sums.length !== 1) strange.push(`${file} is there ${sums.length} times`)
    else if (sums[0] !== sum) strange.push(`${file} has ${sums[0]}, not ${sum}`)
  }
  return strange
}

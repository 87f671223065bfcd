import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

export interface Hashed {
  readonly sha256: string
  /** As `wc -l` counts them: line ends. */
  readonly lines: number
}

/** SHA-256 and line count of a file. */
export default async function hashFile(path: string): Promise<Hashed> {
  const bytes = await readFile(path)
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++
  return { sha256: createHash('sha256').update(bytes).digest('hex'), lines }
}

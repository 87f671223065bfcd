import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Hashed } from '../hash-files/hash-file.js'
import { omakase } from './command.js'
import { compare } from './compare.js'
import { readResults } from './results.js'

/** Hashes all files under node_modules, and compares with a plain loop over the same files. */
export async function hashFiles(folder: string): Promise<void> {
  const hashes = join(folder, 'hashes.jsonl')
  const code = await omakase(
    'map',
    'examples/hash-files/hash-file.ts',
    '--files',
    'node_modules/**',
    '-o',
    hashes,
    '--force',
  )
  compare('the exit code', code, 0)
  const found = readResults<Hashed>(hashes).map(({ input, output }) => ({ path: input, ...output! }))
  const expected = [...filesUnder('node_modules')].map(path => ({ path, ...hashed(path) }))
  compare('files', found.length, expected.length)
  compare('lines in all of them', lines(found), lines(expected))
  compare('SHA-256 of all of theirs', digest(found), digest(expected))
  process.stdout.write(`the results lie in ${hashes}\n`)
}

/** What `--files` takes: no name that begins with a dot. */
export function* filesUnder(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.')) continue
    const path = `${folder}/${name}`
    if (statSync(path).isDirectory()) yield* filesUnder(path)
    else yield path
  }
}

function hashed(path: string): Hashed {
  const bytes = readFileSync(path)
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    lines: bytes.reduce((lines, byte) => (byte === 10 ? lines + 1 : lines), 0),
  }
}

function lines(files: readonly Hashed[]): number {
  return files.reduce((sum, file) => sum + file.lines, 0)
}

function digest(files: readonly (Hashed & { path: string })[]): string {
  const sums = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort()
  return createHash('sha256').update(sums.join('')).digest('hex')
}

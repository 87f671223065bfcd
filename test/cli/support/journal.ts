import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { type Line, parsed } from './command.js'

/** The whole lines of a file of results; one that a kill has torn is no line. */
export function linesOf(file: string): Line[] {
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  return parsed(text.slice(0, text.lastIndexOf('\n') + 1))
}

/** Fails unless the file has items 0 to `count - 1`, each once. */
export function assertEachOnce(file: string, count: number): void {
  const times = new Map<number, number>()
  for (const { index } of linesOf(file)) times.set(index, (times.get(index) ?? 0) + 1)
  const all = Array.from({ length: count }, (_, index) => index)
  const lost = all.filter(index => !times.has(index))
  const doubled = [...times].filter(([index, n]) => n > 1 || index >= count).map(([index]) => index)
  assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] })
}

/** What a function has noted down in a file, one line a note. */
export function notes(file: string): string[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
}

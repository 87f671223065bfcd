import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BadUsage } from '../workers/bad-usage.js'

interface Files {
  /** `-` is standard input. */
  readonly inputs: readonly string[]
  readonly output: string | undefined
  readonly report: string | undefined
}

/**
 * One file for two purposes would be overwritten while it is still needed.
 *
 * @throws {BadUsage}
 */
export async function checkDistinct({ inputs, output, report }: Files): Promise<void> {
  for (const [flag, path] of [
    ['-o', output],
    ['--report', report],
  ] as const) {
    if (path === undefined) continue
    for (const input of inputs)
      if (await isSame(path, input === '-' ? '/dev/stdin' : input))
        throw new BadUsage(`${path} is read as input: name another file after ${flag}`)
  }
  if (output !== undefined && report !== undefined && (await isSame(output, report)))
    throw new BadUsage(`${report} gets the results: name another file after --report`)
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map(path => stat(path).catch(() => null)))
  // A device or a pipe is not overwritten.
  if (a && b) return a.isFile() && a.ino === b.ino && a.dev === b.dev
  return resolve(one) === resolve(other)
}

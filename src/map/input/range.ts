import { BadUsage } from '../../workers/bad-usage.js'
import { list } from './list.js'
import type { Source } from './source.js'

/** `A..B`, both included; counts down where B is the smaller, as a shell's `{A..B}` does. */
export function range(text: string): Source {
  const [, from, to] = /^([+-]?\d+)\.\.([+-]?\d+)$/.exec(text.trim()) ?? []
  const first = Number(from)
  const last = Number(to)
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) {
    throw new BadUsage(`--range ${text}: write two whole numbers with two dots between them, such as 1..1000`)
  }
  const step = first <= last ? 1 : -1
  // Adding 0 turns the -0 of 0 × -1 into 0.
  return list(Math.abs(last - first) + 1, place => first + step * place + 0)
}

import { createReadStream } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { jsonl, pipe, reduce } from 'omakase/stream'
import type { LineStats, Totals } from './line-stats.js'

interface Result {
  readonly output: LineStats
}

/** What the lines of a file that omakase has written add up to, the busiest route first. */
export async function total(file: string): Promise<[route: string, totals: Totals][]> {
  const day = await pipe(() => createReadStream(file), jsonl<Result>(), reduce(merge, {} as LineStats))
  return Object.entries(day).sort(([, a], [, b]) => b.requests - a.requests)
}

function merge(day: LineStats, { output }: Result): LineStats {
  for (const [route, { requests, failures, milliseconds }] of Object.entries(output)) {
    day[route] ??= { requests: 0, failures: 0, milliseconds: 0 }
    day[route].requests += requests
    day[route].failures += failures
    day[route].milliseconds += milliseconds
  }
  return day
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href)
  for (const [route, { requests, failures, milliseconds }] of await total(process.argv[2] ?? 'stats.jsonl'))
    console.log([route, requests, failures, milliseconds].join('\t'))

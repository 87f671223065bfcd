import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { co } from 'omakase'
import { forEach, lines, pipe, through } from 'omakase/stream'

export interface Totals {
  requests: number
  failures: number
  milliseconds: number
}

/** Of each route, what its records add up to. */
export type LineStats = { [route: string]: Totals }

/** Reads one compressed file of trace records: `2026-03-01T07:12:09.114Z GET /users 200 34`. */
export default co(function* lineStats(path: string) {
  const stats: LineStats = {}
  const text = through<Buffer, Buffer>(() => createGunzip())
  yield* pipe(
    () => createReadStream(path),
    text,
    lines(),
    forEach(line => add(stats, line)),
  )
  return stats
})

const RECORD = /^\S+ (\S+ \S+) (\d{3}) (\d+)$/

function add(stats: LineStats, line: string): void {
  const record = RECORD.exec(line)
  if (record === null) throw new Error(`no trace record: ${line}`)
  const [, route, status, milliseconds] = record
  stats[route!] ??= { requests: 0, failures: 0, milliseconds: 0 }
  const totals = stats[route!]!
  totals.requests++
  if (status!.startsWith('5')) totals.failures++
  totals.milliseconds += Number(milliseconds)
}

import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createGzip } from 'node:zlib'
import { co } from 'omakase'
import { pipe, through, toWritable } from 'omakase/stream'

const ROUTES = [
  'GET /',
  'GET /users',
  'POST /users',
  'GET /search',
  'GET /orders',
  'PUT /orders',
  'DELETE /orders',
]

/** Writes a day of trace records, a compressed file an hour, always the same ones. */
export const writeTraces = co(function* (folder: string, recordsAnHour: number) {
  mkdirSync(folder, { recursive: true })
  for (let hour = 0; hour < 24; hour++) {
    const path = join(folder, `2026-03-01T${String(hour).padStart(2, '0')}.log.gz`)
    yield* pipe(
      () => records(hour, recordsAnHour),
      through<string, Buffer>(() => createGzip()),
      toWritable(() => createWriteStream(path)),
    )
  }
})

function* records(hour: number, count: number): Generator<string> {
  const start = Date.UTC(2026, 2, 1, hour)
  const random = numbers(hour + 1)
  let piece = ''
  for (let i = 0; i < count; i++) {
    const at = new Date(start + Math.floor((i * 3_600_000) / count)).toISOString()
    const status = random(200) === 0 ? 503 : random(20) === 0 ? 404 : 200
    piece += `${at} ${ROUTES[random(ROUTES.length)]} ${status} ${1 + random(250)}\n`
    if (piece.length > 65_536) {
      yield piece
      piece = ''
    }
  }
  yield piece
}

/** Numbers below a bound, the same after each start: a multiplicative generator with the modulus 2³¹ − 1. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href)
  await writeTraces(process.argv[2] ?? 'traces', Number(process.argv[3] ?? 100_000))

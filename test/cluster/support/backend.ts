import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** A request as the server saw it, and when, by `performance.now()`. */
export interface Seen {
  readonly path: string
  readonly at: number
}

/** A server that counts. */
export interface Backend {
  readonly url: string
  readonly seen: Seen[]
  /** The most that it had at once. */
  readonly peak: () => number
}

/** `answer` says what to do with the nth request for a path; 200 after 20 ms unless given. */
export async function backend(
  t: TestContext,
  answer = (_nth: number, _path: string): { status: number; afterMs: number; retryAfter?: number } => ({
    status: 200,
    afterMs: 20,
  }),
): Promise<Backend> {
  const seen: Seen[] = []
  const times = new Map<string, number>()
  let running = 0
  let peak = 0
  const server = createServer((request, response: ServerResponse) => {
    const path = request.url!
    const nth = (times.get(path) ?? 0) + 1
    times.set(path, nth)
    seen.push({ path, at: performance.now() })
    peak = Math.max(peak, ++running)
    const { status, afterMs, retryAfter } = answer(nth, path)
    setTimeout(() => {
      running--
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) })
      response.end('ok')
    }, afterMs)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    peak: () => peak,
  }
}

/** A module that asks for its input, and tells from which process. */
export const FETCH = `export default async (url: string) => {
  const response = await fetch(url)
  await response.text()
  if (!response.ok) throw Object.assign(new Error('HTTP'), { status: response.status, headers: response.headers })
  return process.ppid
}`

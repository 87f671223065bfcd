import type { RequestListener } from 'node:http'

const PER_SECOND = 100
const BURST = 20
let tokens = BURST
let at = performance.now()

/** 100 a second, after 20 ms each; others get a 429. */
export const listener: RequestListener = (_request, response) => {
  const now = performance.now()
  tokens = Math.min(BURST, tokens + ((now - at) * PER_SECOND) / 1000)
  at = now
  if (tokens >= 1) tokens--
  else response.statusCode = 429
  setTimeout(() => response.end('ok'), 20)
}

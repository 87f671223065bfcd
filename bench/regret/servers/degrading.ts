import type { RequestListener } from 'node:http'

const GOOD = 24
let inside = 0

/** 50 ms for up to 24 at once; each one more makes it slower for all, by more than it brings. */
export const listener: RequestListener = (_request, response) => {
  inside++
  const over = Math.max(1, inside / GOOD)
  setTimeout(
    () => {
      inside--
      response.end('ok')
    },
    50 * over ** 1.5,
  )
}

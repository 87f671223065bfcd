import type { RequestListener } from 'node:http'

/** 60 ms, and no room for a 41st connection. */
export const most = 40
export const listener: RequestListener = (_request, response) => {
  setTimeout(() => response.end('ok'), 60)
}

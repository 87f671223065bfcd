import type { RequestListener } from 'node:http'

/** 200 ms, however many ask. */
export const listener: RequestListener = (_request, response) => {
  setTimeout(() => response.end('ok'), 200)
}

import type { RequestListener } from 'node:http'

/** As many milliseconds as the path says, however many ask. */
export const listener: RequestListener = ({ url }, response) => {
  setTimeout(() => response.end('ok'), Number(url!.slice(1)))
}

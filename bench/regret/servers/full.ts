import type { RequestListener } from 'node:http'
import type { Server } from 'node:net'

const MOST = 40
let open = 0

/** No room for a 41st connection: it is cut. (`maxConnections` in time refuses everybody.) */
export function prepare(server: Server): void {
  server.on('connection', socket => {
    open++
    socket.on('close', () => open--)
    if (open > MOST) socket.resetAndDestroy()
  })
}

/** 60 ms. */
export const listener: RequestListener = (_request, response) => {
  setTimeout(() => response.end('ok'), 60)
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that answers everything with "ok". */
export function site(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_request, response) => response.end('ok'))
  return new Promise(resolve =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({
        url: `http://127.0.0.1:${port}`,
        close() {
          server.close()
          server.closeAllConnections()
        },
      })
    }),
  )
}

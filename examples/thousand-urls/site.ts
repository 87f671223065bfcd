import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const PAGES = 1000

export interface Site {
  readonly urls: readonly string[]
  close(): void
}

/** A thousand pages on loopback, each after 1 to 50 ms: most are there, some are missing, and a few never answer. */
export async function openSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const page = Number(request.url!.slice(1))
    setTimeout(
      () => {
        if (page % 100 === 99) response.destroy()
        else response.writeHead(page % 20 === 0 ? 404 : 200).end(`page ${page}`)
      },
      1 + ((page * 7) % 50),
    )
  })
  // So that no connection is closed that a client is about to use again, however slow the machine.
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve => server.listen({ port: 0, host: '127.0.0.1', backlog: 511 }, resolve))
  const { port } = server.address() as AddressInfo
  return {
    urls: Array.from({ length: PAGES }, (_, page) => `http://127.0.0.1:${port}/${page}`),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

// main KIND: serves what its file does; prints its port, and ends when its standard input does.
const { listener, most } = (await import(`./${process.argv[2]}.js`)) as {
  readonly listener: RequestListener
  /** Connections that it has room for; others are cut. */
  readonly most?: number
}
const server = createServer(listener)
if (most !== undefined) server.maxConnections = most
server.keepAliveTimeout = 60_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
process.stdin.on('end', () => process.exit()).resume()

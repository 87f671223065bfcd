import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'

// main KIND: serves what its file does; prints its port, and ends when its standard input does.
const { listener, prepare } = (await import(`./${process.argv[2]}.js`)) as {
  readonly listener: RequestListener
  readonly prepare?: (server: Server) => void
}
const server = createServer(listener)
prepare?.(server)
server.keepAliveTimeout = 60_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
process.stdin.on('end', () => process.exit()).resume()

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// Answers every request after 100 ms; prints its port, and ends when its standard input does.
const server = createServer((_request, response) => {
  setTimeout(() => response.end('ok'), 100)
})
server.keepAliveTimeout = 60_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
process.stdin.on('end', () => process.exit()).resume()

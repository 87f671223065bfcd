import { writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PAGES, pageOf } from './pages.js'

// site [FILE]: a site of a thousand pages on loopback. Writes their addresses to FILE, urls.txt by default, prints
// its own, and serves until Ctrl-C, or until the program that started it is gone.
const file = process.argv[2] ?? 'urls.txt'
const visited = new Set<number>()

const server = createServer((request, response) => {
  const [, where, digits] = /^\/(pages|moved)\/(\d+)$/.exec(request.url ?? '') ?? []
  const number = Number(digits)
  if (digits === undefined || number >= PAGES) return answer(response, 404)
  if (where === 'moved') return answer(response, 200)
  const page = pageOf(number)
  if (page.kind === 'hangs') return
  const isFirst = !visited.has(number)
  visited.add(number)
  setTimeout(() => {
    if (page.kind === 'missing') answer(response, 404)
    else if (page.kind === 'moved') answer(response, 301, { location: `/moved/${number}` })
    else if (page.kind === 'busy' && isFirst) answer(response, 429, { 'retry-after': '1' })
    else answer(response, 200)
  }, page.ms)
})

server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const urls = Array.from({ length: PAGES }, (_, number) => `${address}/pages/${number}\n`)
  writeFileSync(file, urls.join(''))
  process.stdout.write(`${PAGES} pages at ${address}, listed in ${file}\n`)
})

if (process.channel) process.once('disconnect', () => process.exit())

function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers })
  response.end(`${status}\n`)
}

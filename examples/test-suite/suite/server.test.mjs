import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'

test('a server listens on the port of this file alone', async () => {
  const server = createServer((_, response) => response.end(import.meta.url)).listen(Number(process.env.PORT))
  await once(server, 'listening')
  await setTimeout(300)
  const response = await fetch(`http://127.0.0.1:${process.env.PORT}`)
  assert.equal(await response.text(), import.meta.url)
  server.close()
})

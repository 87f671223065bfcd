import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { run } from 'omakase'
import { checkAll } from '../../examples/thousand-urls/coroutines.js'
import { openSite } from '../../examples/thousand-urls/site.js'
import { styles } from '../../examples/thousand-urls/styles.js'

for (const [style, check] of Object.entries(styles)) {
  test(`a thousand pages checked with ${style}: the status of each (slow)`, async t => {
    const site = await openSite()
    t.after(() => site.close())
    const expected = site.urls.map((_, page) =>
      page % 100 === 99 ? 'no answer' : page % 20 === 0 ? 404 : 200,
    )
    assert.deepEqual(await check(site.urls), expected)
  })

  test(`no page checked with ${style}: no status`, async () => {
    assert.deepEqual(await check([]), [])
  })
}

test('cancelled, the coroutines close the connections that are open, and ask for nothing more', async t => {
  const { url, asked } = await silentSite(t)
  const task = run(checkAll(Array(1000).fill(url), 10))
  while (asked.length < 10) await new Promise(resolve => setImmediate(resolve))
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  for (const response of asked) if (!response.destroyed) await once(response, 'close')
  assert.equal(asked.length, 10)
})

/** A site that never answers, and keeps what it was asked. */
async function silentSite(t: TestContext): Promise<{ url: string; asked: ServerResponse[] }> {
  const asked: ServerResponse[] = []
  const server = createServer((_request, response) => asked.push(response))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>(resolve => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Coordinator } from '#src/cluster/coordinator/coordinator.js'
import { Published } from '#src/cluster/coordinator/published.js'
import { Suspects } from '#src/cluster/coordinator/suspects.js'
import { connect } from '#src/cluster/engine/engine.js'
import { redis, withRedis } from './support/redis.js'

test('a chunk that was split is not held any more, nor put back; its parts are', withRedis, async t => {
  const { url } = await redis(t)
  const engine = await connect(url)
  t.after(() => engine.close())
  const about = {
    name: 'fn.ts',
    exportName: 'default',
    encode: 'json' as const,
    settings: {},
    version: '0',
    needs: [],
    maxSize: 1e6,
  }
  const coordinator = new Coordinator(engine, about, '', () => {})
  t.after(() => coordinator.end())
  const published = new Published(coordinator, 'json', () => {})
  const suspects = new Suspects(published, () => {})
  const queue = engine.queue()
  t.after(() => queue.close())
  published.add([1, 2, 3].map(id => ({ id, index: id, attempt: 1, input: id })))
  while ((await queue.count()) < 1) await new Promise(go => setTimeout(go, 5))
  assert.deepEqual(suspects.judge({ chunk: 0, token: 'b', times: 1 }, 'two'), [1, 2, 3])
  assert.deepEqual(suspects.judge({ chunk: 0, token: 'c', times: 2 }, 'three'), [])
  while ((await queue.count()) < 4) await new Promise(go => setTimeout(go, 5))
  // What is not held cannot be taken back.
  assert.equal(await coordinator.remove(0), false)
  assert.deepEqual(published.numbers, [1, 2, 3])
  for (const chunk of published.numbers) assert.equal(await coordinator.remove(chunk), true)
})

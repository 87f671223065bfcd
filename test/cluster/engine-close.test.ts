import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect } from '#src/cluster/engine/engine.js'
import { redis, withRedis } from './support/redis.js'

const timers = () => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length

test('an engine that is closed once more holds nobody up', withRedis, async t => {
  const { url } = await redis(t)
  const engine = await connect(url)
  engine.close()
  await once(engine.redis, 'end')
  const before = timers()
  engine.close()
  assert.equal(timers(), before)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumer, ended, queueOf, until } from './support/queue.js'
import { redis, withRedis } from './support/redis.js'

test(
  'jobs that another program adds are run by the handler, and its value is their result',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const queue = queueOf(t, url)
    await queue.addBulk(Array.from({ length: 100 }, (_, n) => ({ name: 'square', data: { n } })))
    await consumer(t, url, 'export default ({ n }: { n: number }) => ({ squared: n * n })')
    await until(queue, 'completed', 100)
    for (const job of await ended(queue, 'completed')) {
      assert.deepEqual(job.returnvalue, { squared: job.data.n ** 2 })
      assert.equal(job.attemptsMade, 1)
    }
  },
)

test('a handler is told of its job, and its progress and its log are the job’s', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await consumer(
    t,
    url,
    `import type { JobContext } from 'omakase/cluster'
    export default (_: unknown, { job, attempt, log, progress }: JobContext) => {
      log('attempt %d', attempt)
      for (let at = 0; at <= 100; at++) progress({ at })
      return job
    }`,
  )
  const { id } = await queue.add('welcome', {}, { jobId: 'mine' })
  await until(queue, 'completed', 1)
  const [job] = await ended(queue, 'completed')
  assert.deepEqual(job!.returnvalue, { id, name: 'welcome', attempts: 0 })
  assert.deepEqual(job!.progress, { at: 100 })
  assert.deepEqual((await queue.getJobLogs(id!)).logs, ['attempt 1'])
})

test('an error is the job’s failure, tried again as the job says', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await consumer(
    t,
    url,
    `export default (_: unknown, { job, attempt }: any) => {
      if (job.attempts < 2) throw new RangeError('not yet: ' + attempt)
      return 'at last'
    }`,
  )
  await queue.add('a', {}, { attempts: 3, backoff: { type: 'exponential', delay: 20 } })
  await until(queue, 'completed', 1)
  await queue.add('b', {}, { attempts: 2, backoff: 10 })
  await until(queue, 'failed', 1)
  const [done] = await ended(queue, 'completed')
  assert.equal(done!.attemptsMade, 3)
  const [failed] = await ended(queue, 'failed')
  assert.equal(failed!.failedReason, 'not yet: 2')
  assert.equal(failed!.attemptsMade, 2)
  assert.match(failed!.stacktrace![0]!, /RangeError: not yet: 1[\s\S]*handler\.ts:2:/)
})

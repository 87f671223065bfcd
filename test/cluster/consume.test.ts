import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FlowProducer, QueueEvents } from 'bullmq'
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

test('who listens to the queue hears of progress while the job goes on', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  const values = [5, { step: 'half', at: 50 }, 'almost']
  const command = await consumer(
    t,
    url,
    `import { existsSync } from 'node:fs'
    import type { JobContext } from 'omakase/cluster'
    export default async (values: unknown[], { progress }: JobContext) => {
      for (const [place, value] of values.entries()) {
        progress(value)
        while (!existsSync('heard-' + place)) await new Promise(go => setTimeout(go, 10))
      }
      progress(100)
    }`,
  )
  const events = new QueueEvents('emails', { connection: { url }, lastEventId: '0' })
  try {
    const heard: unknown[] = []
    events.on('progress', ({ jobId, data }) => heard.push([jobId, data]))
    const isOver = new Promise(resolve => events.once('completed', resolve))
    const { id } = await queue.add('a', values)
    for (const [place, value] of values.entries()) {
      while (heard.length <= place) await new Promise(go => setTimeout(go, 10))
      assert.deepEqual((await queue.getJob(id!))!.progress, value)
      assert.equal(await queue.getActiveCount(), 1, 'it runs on')
      writeFileSync(`${command.folder}/heard-${place}`, '')
    }
    await isOver
    assert.deepEqual(
      heard,
      [...values, 100].map(value => [id, value]),
    )
  } finally {
    // Without a Redis it would wait for one.
    await events.close()
  }
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

test(
  'UnrecoverableError is not tried again, nor is what JSON cannot carry taken for a result',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const queue = queueOf(t, url)
    await consumer(
      t,
      url,
      `class UnrecoverableError extends Error { override name = 'UnrecoverableError' }
    export default ({ what }: { what: string }) => {
      if (what === 'never') throw new UnrecoverableError('never')
      if (what === 'text') throw 'just a text'
      return { rows: [{ call: () => 1 }] }
    }`,
    )
    await queue.add('a', { what: 'never' }, { attempts: 5 })
    await queue.add('a', { what: 'text' })
    await queue.add('a', { what: 'function' })
    await until(queue, 'failed', 3)
    const failed = await ended(queue, 'failed')
    const reasonOf = (what: string) => failed.find(({ data }) => data.what === what)!
    assert.equal(reasonOf('never').failedReason, 'never')
    assert.equal(reasonOf('never').attemptsMade, 1)
    assert.equal(reasonOf('text').failedReason, "'just a text'")
    assert.match(
      reasonOf('function').failedReason,
      /output\.rows\[0\]\.call is a function, which JSON cannot carry/,
    )
  },
)

test('retryAfter of an error delays the job, and is no attempt', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await consumer(
    t,
    url,
    `import { existsSync, writeFileSync } from 'node:fs'
    export default () => {
      if (existsSync('asked')) return 'ok'
      writeFileSync('asked', '')
      throw Object.assign(new Error('later'), { status: 429, retryAfter: 0.2 })
    }`,
  )
  await queue.add('a', {})
  await until(queue, 'completed', 1)
  const [job] = await ended(queue, 'completed')
  assert.equal(job!.attemptsMade, 1)
  assert.equal(job!.attemptsStarted, 2)
  assert.ok(job!.delay === 200 || job!.delay === 0, `${job!.delay}`)
})

test('what the queue asks for is kept: priority, delay, limits, flows, removal', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await queue.setGlobalRateLimit(1, 50)
  await queue.add('later', { n: 4 }, { delay: 300 })
  await queue.add('low', { n: 3 }, { priority: 10 })
  await queue.add('high', { n: 2 }, { priority: 1 })
  await queue.add('first', { n: 1 }, { removeOnComplete: true })
  await consumer(
    t,
    url,
    `import { appendFileSync } from 'node:fs'
    export default ({ n }: { n: number }) => appendFileSync('order', n + ' ')`,
  )
  await until(queue, 'completed', 3)
  const jobs = await ended(queue, 'completed')
  const orderOf = (n: number) => jobs.find(({ data }) => data.n === n)!.processedOn!
  assert.ok(orderOf(2) < orderOf(3), 'the more urgent one first')
  const later = jobs.find(({ data }) => data.n === 4)!
  assert.ok(later.processedOn! >= later.timestamp + 300)
  await queue.removeGlobalRateLimit()
  const flow = new FlowProducer({ connection: { url } })
  t.after(() => flow.close())
  await flow.add({
    name: 'parent',
    queueName: 'emails',
    data: { n: 7 },
    children: [
      { name: 'child', queueName: 'emails', data: { n: 5 } },
      { name: 'child', queueName: 'emails', data: { n: 6 } },
    ],
  })
  await until(queue, 'completed', 6)
  const [last] = await queue.getJobs(['completed'], 0, 0)
  assert.equal(last!.name, 'parent')
})

test('a job that has failed with its child is not run', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  const flow = new FlowProducer({ connection: { url } })
  t.after(() => flow.close())
  await flow.add({
    name: 'parent',
    queueName: 'emails',
    children: [{ name: 'child', queueName: 'emails', opts: { failParentOnFailure: true } }],
  })
  const { folder } = await consumer(
    t,
    url,
    `import { appendFileSync } from 'node:fs'
    import type { JobContext } from 'omakase/cluster'
    export default (_: unknown, { job }: JobContext) => {
      appendFileSync('ran', job.name + ' ')
      if (job.name === 'child') throw new Error('no')
    }`,
  )
  await until(queue, 'failed', 2)
  const parent = (await ended(queue, 'failed')).find(({ name }) => name === 'parent')!
  assert.match(parent.failedReason, /child .* failed/)
  // The next one is taken as any other.
  await queue.add('other', {})
  await until(queue, 'completed', 1)
  assert.equal(readFileSync(join(folder, 'ran'), 'utf8'), 'child other ')
})

test('a paused queue is left alone until it is resumed', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await queue.pause()
  await queue.add('a', {})
  const command = await consumer(t, url, 'export default () => 1')
  assert.match(command.stderr, /emails is paused: nothing is taken until it is resumed/)
  assert.equal(await queue.getCompletedCount(), 0)
  await queue.resume()
  await until(queue, 'completed', 1)
})

test('as many jobs run at once as there is room for, before any of them has ended', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await queue.addBulk(Array.from({ length: 120 }, (_, n) => ({ name: 'a', data: { n } })))
  await consumer(
    t,
    url,
    `import { readdirSync, writeFileSync } from 'node:fs'
    export default async ({ n }: { n: number }) => {
      writeFileSync('began-' + n, '')
      while (readdirSync('.').length <= 100) await new Promise(go => setTimeout(go, 100))
      return n
    }`,
  )
  await until(queue, 'completed', 120)
})

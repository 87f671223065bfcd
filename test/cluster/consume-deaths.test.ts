import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { omakase } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { consumer, ended, queueOf, until } from './support/queue.js'
import { redis, withRedis } from './support/redis.js'

test('a job that ends its process fails, and no other does', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await queue.addBulk(Array.from({ length: 60 }, (_, n) => ({ name: 'a', data: { n } })))
  await queue.add('poison', { n: -1 })
  await queue.add('poison', { n: -2 }, { attempts: 9 })
  await queue.addBulk(Array.from({ length: 60 }, (_, n) => ({ name: 'a', data: { n } })))
  await consumer(
    t,
    url,
    `export default async ({ n }: { n: number }) => {
      await new Promise(go => setTimeout(go, 5))
      if (n < 0) process.exit(7)
      return n
    }`,
  )
  await until(queue, 'completed', 120)
  await until(queue, 'failed', 2)
  const failed = await ended(queue, 'failed')
  const [once, often] = [-1, -2].map(n => failed.find(({ data }) => data.n === n)!)
  assert.equal(once!.failedReason, 'the worker exited with code 7, twice, while it ran nothing but this item')
  assert.equal(once!.attemptsMade, 1)
  assert.equal(often!.failedReason, 'the worker exited with code 7, while it ran nothing but this item')
  assert.equal(often!.attemptsMade, 2, 'two in a row are enough')
})

test(
  'a job that holds the loop is stopped when its time is over; a consumer that is killed loses nothing',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const queue = queueOf(t, url)
    const handler = `import { existsSync } from 'node:fs'
    export default async ({ ms, gate }: { ms: number; gate?: string }) => {
      const end = Date.now() + ms
      while (gate === undefined && Date.now() < end);
      while (gate !== undefined && !existsSync(gate)) await new Promise(go => setTimeout(go, ms))
      return ms
    }`
    const victim = await consumer(t, url, handler, ['--timeout', '3s', '--name', 'victim'])
    await queue.add('a', { ms: 600_000 })
    await until(queue, 'failed', 1)
    const [held] = await ended(queue, 'failed')
    assert.match(held!.failedReason, /timed out after 3 s: it held the event loop/)

    // None of them ends before it is killed.
    const gate = `${victim.folder}/go`
    await queue.addBulk(Array.from({ length: 20 }, () => ({ name: 'a', data: { ms: 20, gate } })))
    await until(queue, 'active', 2)
    victim.child.kill('SIGKILL')
    writeFileSync(gate, '')
    await consumer(t, url, handler, ['--name', 'heir'])
    await until(queue, 'completed', 20)
    assert.deepEqual(await queue.getJobCounts('completed', 'failed', 'active', 'wait'), {
      completed: 20,
      failed: 1,
      active: 0,
      wait: 0,
    })
  },
)

test('SIGTERM lets what runs end, and gives back the rest', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  const command = await consumer(
    t,
    url,
    `import { existsSync, readdirSync, writeFileSync } from 'node:fs'
    export default async ({ n }: { n: number }) => {
      writeFileSync('began-' + n, '')
      while (!existsSync('go')) await new Promise(go => setTimeout(go, 10))
      return n
    }`,
    ['--workers', '1', '--concurrency', '2'],
  )
  await queue.addBulk(Array.from({ length: 30 }, (_, n) => ({ name: 'a', data: { n } })))
  const began = () => readdirSync(command.folder).filter(name => name.startsWith('began')).length
  while (began() < 2) await new Promise(go => setTimeout(go, 10))
  command.child.kill('SIGTERM')
  writeFileSync(`${command.folder}/go`, '')
  const { code, stderr } = await command.ended
  assert.equal(code, 0, stderr)
  const counts = await queue.getJobCounts('completed', 'failed', 'active', 'wait')
  assert.equal(counts.active, 0)
  assert.equal(counts.failed, 0)
  assert.ok(counts.completed! >= 2 && counts.completed! < 30, stderr)
  assert.equal(counts.completed! + counts.wait!, 30)
})

test(
  'a consumer that is stopped and wakes up has lost its job, and says nothing of it',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const queue = queueOf(t, url)
    const handler = `import { existsSync, readdirSync, writeFileSync } from 'node:fs'
  export default async (_: unknown, { signal }: any) => {
    writeFileSync('began', '')
    signal.addEventListener('abort', () => writeFileSync('cancelled', ''))
    while (!existsSync('go') && !signal.aborted) await new Promise(go => setTimeout(go, 10))
    return process.cwd()
  }`
    const sleeper = await consumer(t, url, handler, ['--name', 'sleeper'])
    await queue.add('a', {})
    await until(queue, 'active', 1)
    while (!existsSync(`${sleeper.folder}/began`)) await new Promise(go => setTimeout(go, 10))
    sleeper.child.kill('SIGSTOP')
    const heir = await consumer(t, url, handler, ['--name', 'heir'])
    while (!existsSync(`${heir.folder}/began`)) await new Promise(go => setTimeout(go, 10))
    sleeper.child.kill('SIGCONT')
    while (!existsSync(`${sleeper.folder}/cancelled`)) await new Promise(go => setTimeout(go, 10))
    writeFileSync(`${heir.folder}/go`, '')
    await until(queue, 'completed', 1)
    const [job] = await ended(queue, 'completed')
    assert.equal(job!.returnvalue, heir.folder)
    assert.equal(job!.processedBy, 'heir')
    assert.equal(job!.attemptsMade, 1)
  },
)

test('a module that ends its process now and then while it loads is loaded again', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: 'a', data: { n } })))
  await queue.add('poison', { n: -1 })
  const command = await consumer(
    t,
    url,
    `import { readdirSync, writeFileSync } from 'node:fs'
    const starts = readdirSync('.').filter(name => name.startsWith('start-')).length
    writeFileSync('start-' + process.pid, '')
    // Its first two workers, and four that come after the first has died of a job.
    if (starts < 2 || (readdirSync('.').includes('died') && starts < 9)) process.exit(3)
    export default ({ n }: { n: number }) => {
      if (n < 0) {
        writeFileSync('died', '')
        process.exit(7)
      }
      return n
    }`,
  )
  await until(queue, 'completed', 20)
  await until(queue, 'failed', 1)
  assert.match(
    command.stderr,
    /could not be started, the next one is in 0\.05 s: handler\.ts cannot be loaded: the worker exited with code 3/,
  )
  await queue.add('a', { n: 20 })
  await until(queue, 'completed', 21)
  assert.equal(command.child.exitCode, null)
})

test('a module whose setup fails later on is given time, too', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  const command = await consumer(
    t,
    url,
    `import { existsSync, readdirSync, writeFileSync } from 'node:fs'
    export const setup = () => {
      const isAway = existsSync('died') && readdirSync('.').filter(name => name.startsWith('away-')).length < 5
      if (!isAway) return
      writeFileSync('away-' + process.pid, '')
      throw new Error('no database')
    }
    export default ({ n }: { n: number }) => {
      if (n >= 0) return n
      writeFileSync('died', '')
      process.exit(7)
    }`,
    ['--workers', '1', '--concurrency', '1'],
  )
  await queue.add('poison', { n: -1 }, { attempts: 2 })
  await until(queue, 'failed', 1)
  await queue.add('a', { n: 1 })
  await until(queue, 'completed', 1)
  assert.match(
    command.stderr,
    /the next one is in 0\.1 s: setup\(\) of handler\.ts failed: Error: no database/,
  )
})

test('a module that never loads ends the consumer with one line', withRedis, async t => {
  const { url } = await redis(t)
  const queue = queueOf(t, url)
  await queue.add('a', {})
  const cwd = folder(t, {
    'throws.ts': `throw new Error('no such table')`,
    'exits.ts': 'process.exit(3)\nexport default () => 1',
  })
  const consume = (file: string) => omakase(t, ['consume', file, '--queue', 'emails', '--on', url], { cwd })
  const [throws, exits] = await Promise.all([consume('throws.ts'), consume('exits.ts')])
  assert.equal(throws.code, 2)
  assert.match(throws.stderr, /no such table/)
  assert.doesNotMatch(throws.stderr, /the next one/)
  assert.equal(exits.code, 2)
  const last = exits.stderr.trim().split('\n').at(-1)!
  assert.match(
    last,
    /exits\.ts cannot be loaded: the worker exited with code 3 in its top level or its setup\(\)$/,
  )
  assert.equal(await queue.getWaitingCount(), 1)
})

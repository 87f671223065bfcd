import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Redis } from 'ioredis'
import { keySeal } from '#src/cluster/engine/seal.js'
import { omakase, outputs, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

const KEY = 'correct horse battery staple'
const OTHER = 'a key of somebody else altogether'
const SQUARE = { 'square.ts': 'export default (n: number): number => n * n' }

test('a text is opened only with the key, and about what, it was closed', () => {
  const seal = keySeal(KEY)
  const sealed = seal.close('chunk a 1', '{"ids":[1]}')
  assert.equal(seal.open('chunk a 1', sealed), '{"ids":[1]}')
  assert.equal(seal.open('chunk a 2', sealed), null)
  assert.equal(seal.open('chunk b 1', sealed), null)
  assert.equal(keySeal(OTHER).open('chunk a 1', sealed), null)
  for (let at = 0; at < sealed.length; at++) {
    const altered = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
    assert.equal(seal.open('chunk a 1', altered), null)
  }
  assert.equal(seal.open('chunk a 1', ''), null)
  assert.equal(seal.open('chunk a 1', '{"ids":[1]}'), null)
  // What ends the one does not begin the other.
  assert.equal(seal.open('a', seal.close('a b', 'c')), null)
  assert.equal(seal.open('a b', seal.close('a', 'b c')), null)
})

test('fingerprints tell keys apart, and nothing of the key', () => {
  const [one, other] = [keySeal(KEY).fingerprint!, keySeal(OTHER).fingerprint!]
  assert.notEqual(one, other)
  assert.match(one, /^[A-Za-z0-9]{12}$/)
})

test(
  'with the same key, in a file here and in the environment there, all goes as without',
  withRedis,
  async t => {
    const { url } = await redis(t)
    await machine(t, url, 'one', [], { OMAKASE_KEY: KEY })
    const cwd = folder(t, { ...SQUARE, key: `${KEY}\n` })
    const ended = await omakase(t, ['map', 'square.ts', '--range', '1..50', '--on', url, '--key', 'key'], {
      cwd,
    })
    assert.equal(ended.code, 0, ended.stderr)
    assert.deepEqual(
      outputs(ended),
      Array.from({ length: 50 }, (_, i) => (i + 1) ** 2),
    )
  },
)

for (const [what, there, here, says] of [
  ['only at the machine', KEY, '', /one works with a key: give --key FILE/],
  ['only at the coordinator', '', KEY, /no machine has this key; one has none: start it with --key FILE/],
  ['another one', OTHER, KEY, /no machine has this key; one has another one/],
] as const) {
  test(`a key that is ${what}: the coordinator says so, and nothing runs`, withRedis, async t => {
    const { url } = await redis(t)
    await machine(t, url, 'one', [], { OMAKASE_KEY: there })
    const cwd = folder(t, SQUARE)
    const run = start(t, ['map', 'square.ts', '--range', '1..5', '--on', url], {
      cwd,
      env: { OMAKASE_KEY: here },
    })
    await run.says(says)
    assert.equal(run.stdout, '')
  })
}

test(
  'a chunk that was altered in the engine is refused, once said, and nothing is lost',
  withRedis,
  async t => {
    const server = await redis(t)
    const { url } = server
    const cwd = folder(t, {
      // It computes, so that a machine takes few chunks, and others wait.
      'slow.ts':
        'export default (n: number) => {\n  const end = performance.now() + 5\n  while (performance.now() < end);\n  return n\n}',
    })
    const env = { OMAKASE_KEY: KEY }
    const client = server.client(t)
    const one = await machine(t, url, 'one', ['--insecure'], env)
    const run = start(t, ['map', 'slow.ts', '--range', '0..999', '--on', url, '-o', 'out.jsonl'], {
      cwd,
      env,
    })
    while (linesOf(`${cwd}/out.jsonl`).length < 10) await new Promise(go => setTimeout(go, 20))
    // Those that wait, while nobody takes them.
    let altered = 0
    while (altered === 0 && run.child.exitCode === null) {
      one.child.kill('SIGSTOP')
      altered = await alterWaiting(client)
      one.child.kill('SIGCONT')
      await new Promise(go => setTimeout(go, 20))
    }
    const { code, stderr } = await run.ended
    assert.equal(code, 0, stderr)
    assert.ok(altered > 0)
    assertEachOnce(`${cwd}/out.jsonl`, 1000)
    for (const { input, output } of linesOf(`${cwd}/out.jsonl`)) assert.equal(output, input)
    assert.equal(one.stderr.match(/refused a chunk/g)?.length, 1)
    assert.match(stderr, /one refused what was altered/)
  },
)

for (const [what, isNew, says] of [
  ['the machines that worked for it', false, /refused a chunk of a run that has ended/],
  ['a machine that has never heard of it', true, /refused a run whose coordinator does not answer/],
] as const) {
  test(`a run that has ended does not come again to ${what}, however it is put back`, withRedis, async t => {
    const server = await redis(t)
    const { url } = server
    const client = server.client(t)
    const env = { OMAKASE_KEY: KEY }
    const cwd = folder(t, {
      'note.ts': `import { appendFileSync } from 'node:fs'
export default async (n: number) => {
  appendFileSync(process.env.NOTES, 'x\\n')
  await new Promise(go => setTimeout(go, 50))
  return n
}`,
    })
    const notes = `${folder(t)}/notes`
    const one = await machine(t, url, 'one', [], { ...env, NOTES: notes })
    const run = start(t, ['map', 'note.ts', '--range', '0..99', '--on', url], { cwd, env })
    await run.prints(/"index"/)
    const [name] = (await client.keys('omakase:machines:*')).map(key => key.split(':')[2]!)
    // All that there is of the run, as somebody keeps it who can read the engine.
    const kept = new Map<string, Buffer>()
    for (const key of await client.keys('omakase:*')) {
      if (!/\{|code/.test(key)) continue
      const dump = await client.dumpBuffer(key)
      if (dump !== null) kept.set(key, dump)
    }
    const jobs: { name: string; data: unknown }[] = []
    while (jobs.length === 0 && run.child.exitCode === null) {
      for (const key of await client.keys('omakase:work-*:*-*')) {
        const data = await client.hget(key, 'data').catch(() => null)
        if (data !== null && !data.includes('\\"ids\\":[]'))
          jobs.push({ name: 'again', data: JSON.parse(data) })
      }
    }
    const { code, stderr } = await run.ended
    assert.equal(code, 0, stderr)
    let refuser = one
    if (isNew) {
      one.child.kill('SIGTERM')
      await one.ended
      refuser = await machine(t, url, 'new', [], { ...env, NOTES: notes })
    }
    const before = readFileSync(notes, 'utf8').length
    for (const [key, dump] of kept) await client.restore(key, 60_000, dump, 'REPLACE')
    const { Queue } = await import('bullmq')
    const queue = new Queue(name!, { connection: client, prefix: 'omakase' })
    for (const { name, data } of jobs) await queue.add(name, data)
    await refuser.says(says)
    await queue.close()
    assert.equal(readFileSync(notes, 'utf8').length, before)
  })
}

/** Gives how many chunks it has put another input into. */
async function alterWaiting(client: Redis): Promise<number> {
  let altered = 0
  for (const list of await client.keys('omakase:work-*:wait')) {
    for (const id of await client.lrange(list, 0, -1)) {
      const key = list.replace(/wait$/, id)
      const job = JSON.parse((await client.hget(key, 'data')) ?? '{}')
      const body = String(job.body).replace('"inputs":"[', '"inputs":"[6')
      if (body === job.body || body.includes('"ids":[]')) continue
      await client.hset(key, 'data', JSON.stringify({ ...job, body }))
      altered++
    }
  }
  return altered
}

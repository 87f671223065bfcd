import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { omakase, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { picture } from './support/picture.js'
import { redis, withRedis } from './support/redis.js'

/** Waits 20 ms an item until there is a file `go`, and not at all after that. */
function slow(t: TestContext) {
  const cwd = folder(t)
  const go = join(cwd, 'go')
  writeFileSync(
    join(cwd, 'slow.ts'),
    `import { existsSync } from 'node:fs'
export default async (n: number) => {
  if (!existsSync(${JSON.stringify(go)})) await new Promise(resolve => setTimeout(resolve, 20))
  return n
}`,
  )
  return { cwd, hurry: () => writeFileSync(go, '') }
}

test(
  'a run that finds no machine says so once, with what to do, and begins when there is one (slow)',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const { cwd } = slow(t)
    const run = start(t, ['map', 'slow.ts', '--range', '1..9', '--on', url], { cwd })
    await run.says(/waiting for a machine/)
    assert.ok(run.stderr.includes(`omakase: waiting for a machine: omakase worker ${url}\n`), run.stderr)
    await machine(t, url, 'late')
    const { code, stderr } = await run.ended
    assert.equal(code, 0)
    assert.equal(stderr.match(/waiting for a machine/g)!.length, 1)
  },
)

test(
  'machines that come and go are told of, once each; the summary and the report say who did what',
  withRedis,
  async t => {
    const { url } = await redis(t)
    await machine(t, url, 'first')
    const { cwd } = slow(t)
    const args = [
      'map',
      'slow.ts',
      '--range',
      '1..10000000',
      '--on',
      url,
      '-o',
      'o.jsonl',
      '--report',
      'r.json',
    ]
    const run = start(t, args, { cwd })
    await picture(t, url, ({ machines }) => machines[0].done > 0)
    const second = await machine(t, url, 'second')
    await run.says(/second joined: 2 machines work/)
    await picture(t, url, ({ machines }) => machines[1].done > 0)
    second.child.kill('SIGTERM')
    await run.says(/second left: 1 machine works/)
    const third = await machine(t, url, 'third')
    await run.says(/third joined: 2 machines work/)
    third.child.kill('SIGKILL')
    await run.says(/nothing is heard of third any more: 1 machine works/)
    run.interrupt()
    const { code, stderr } = await run.ended
    assert.equal(code, 130, stderr)
    assert.equal(stderr.match(/joined:|left:|heard of/g)!.length, 4)
    assert.match(stderr, /^plan {5}2 machines with \d+ slots(, chunks of about \d+)?$/m)
    assert.match(stderr, /^machines first +[\d,]+ +\d+ %$/m)
    assert.match(stderr, /^ {9}second +[\d,]+ +\d+ % {2}gone$/m)
    const { machines, items } = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'))
    const all = machines.reduce((sum: number, { items }: { items: number }) => sum + items, 0)
    assert.equal(all, items.ok)
  },
)

test('the page of a run on a cluster shows its machines', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, '<one>')
  const { cwd, hurry } = slow(t)
  hurry()
  const { code } = await omakase(
    t,
    ['map', 'slow.ts', '--range', '1..20', '--on', url, '--report', 'r.html'],
    { cwd },
  )
  assert.equal(code, 0)
  assert.match(readFileSync(join(cwd, 'r.html'), 'utf8'), /<h2>Machines<\/h2>.*20.*100 %.*&#60;one&#62;/s)
})

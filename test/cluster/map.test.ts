import assert from 'node:assert/strict'
import { test } from 'node:test'
import { omakase, outputs, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

test('the machines of a cluster run the function, and the results come home', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  await machine(t, url, 'two')
  const cwd = folder(t, { 'square.ts': 'export default (n: number): number => n * n' })
  const ended = await omakase(t, ['map', 'square.ts', '--range', '1..200', '--on', url], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(
    outputs(ended),
    Array.from({ length: 200 }, (_, i) => (i + 1) ** 2),
  )
})

test('what fails on a machine has a line with its error and the line of its file', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const cwd = folder(t, {
    'odd.ts': `export default (n: number) => {
  if (n % 2 === 0) throw new RangeError('even: ' + n)
  return n
}`,
  })
  const ended = await omakase(t, ['map', 'odd.ts', '--range', '1..4', '--on', url], { cwd })
  assert.equal(ended.code, 1)
  const [, second] = ended.lines.sort((a, b) => a.index - b.index)
  assert.equal(second!.error!.name, 'RangeError')
  assert.match(second!.error!.stack, /odd\.ts:2:/)
})

test('a machine that is killed loses nothing: another one does its work', withRedis, async t => {
  const { url } = await redis(t)
  const victim = await machine(t, url, 'victim')
  await machine(t, url, 'heir')
  const cwd = folder(t, {
    'slow.ts':
      'export default async (n: number) => {\n  await new Promise(go => setTimeout(go, 20))\n  return n\n}',
  })
  const run = start(t, ['map', 'slow.ts', '--range', '0..2999', '--on', url, '-o', 'out.jsonl'], { cwd })
  while (linesOf(`${cwd}/out.jsonl`).length < 50) await new Promise(go => setTimeout(go, 20))
  victim.child.kill('SIGKILL')
  const { code, stderr } = await run.ended
  assert.equal(code, 0, stderr)
  assertEachOnce(`${cwd}/out.jsonl`, 3000)
})

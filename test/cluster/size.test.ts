import assert from 'node:assert/strict'
import { test } from 'node:test'
import { omakase, sorted } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

test('an output of 50 MB fails its item, and no other', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const cwd = folder(t, { 'grow.ts': "export default (n: number) => 'x'.repeat(n === 3 ? 50e6 : n)" })
  const ended = await omakase(t, ['map', 'grow.ts', '--range', '1..5', '--on', url], { cwd })
  assert.equal(ended.code, 1, ended.stderr)
  const [, , third, ...rest] = sorted(ended.lines)
  assert.equal(third!.error!.name, 'RangeError')
  assert.match(third!.error!.message, /^the output has 50 MB, and 16 MB may travel: .*--max-size$/)
  assert.deepEqual(
    rest.map(({ output }) => output),
    ['xxxx', 'xxxxx'],
  )
})

test('an input, an output, an error over --max-size fails its item by name', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const cwd = folder(t, {
    'same.ts': `export default (text: string) => {
  if (text === 'throw') throw Object.assign(new Error('no'), { body: 'x'.repeat(5000) })
  return text === 'grow' ? 'x'.repeat(5000) : text
}`,
  })
  const inputs = ['x'.repeat(5000), 'grow', 'throw', 'fine']
  const args = ['map', 'same.ts', '--max-size', '2kB', '--on', url]
  const ended = await omakase(t, args, { cwd, input: inputs.join('\n') })
  assert.equal(ended.code, 1, ended.stderr)
  const lines = sorted(ended.lines)
  const messages = lines.map(({ error }) => error?.message)
  assert.match(messages[0]!, /^the input has 5 kB, and 2 kB may travel/)
  assert.match(messages[1]!, /^the output has 5 kB/)
  assert.match(messages[2]!, /^the error \(Error\) has 5 kB/)
  assert.equal(lines[3]!.output, 'fine')
})

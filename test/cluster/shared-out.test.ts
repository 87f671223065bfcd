import assert from 'node:assert/strict'
import { test } from 'node:test'
import { omakase } from '../cli/support/command.js'
import { machine } from './support/machine.js'
import { Noted } from './support/noted.js'
import { redis, withRedis } from './support/redis.js'

/** Each process waits in `setup` until there are processes of both machines. */
const BOTH = `export const setup = async () => {
  note(process.env.MACHINE + '.txt', 'up')
  while (!isThere('one.txt') || !isThere('two.txt')) await pause(5)
}`

for (const [what, count, body] of [
  ['that wait', 2000, 'await pause(5)'],
  ['that compute', 2000, 'const t = performance.now()\n  while (performance.now() - t < 5);'],
] as const) {
  test(
    `machines load a function at the same time, and each does its share of short items ${what}`,
    withRedis,
    async t => {
      const { url } = await redis(t)
      await Promise.all(['one', 'two'].map(name => machine(t, url, name, [], { MACHINE: name })))
      const fn = new Noted(
        t,
        `${BOTH}\nexport default async () => {\n  ${body}\n  return process.env.MACHINE\n}`,
      )
      const ended = await omakase(t, ['map', 'fn.ts', '--range', `1..${count}`, '--on', url], { cwd: fn.cwd })
      assert.equal(ended.code, 0, ended.stderr)
      const shares = ['one', 'two'].map(name => ended.lines.filter(({ output }) => output === name).length)
      assert.equal(shares[0]! + shares[1]!, count)
      assert.ok(Math.min(...shares) > count / 20, `${shares.join(' and ')}`)
    },
  )
}

test('a machine that cannot set a function up harms no run that another can begin', withRedis, async t => {
  const { url } = await redis(t)
  await Promise.all(['good', 'ill'].map(name => machine(t, url, name, [], { MACHINE: name })))
  const fn = new Noted(
    t,
    `export const setup = async () => {
      if (process.env.MACHINE === 'ill') {
        note('ill.txt', 'tried')
        throw new Error('no such device')
      }
      while (!isThere('ill.txt')) await pause(5)
      await pause(300)
    }
    export default (n: number) => n`,
  )
  const ended = await omakase(t, ['map', 'fn.ts', '--range', '1..9', '--on', url], { cwd: fn.cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(ended.lines.length, 9)
  assert.match(ended.stderr, /ill is left out: .*no such device/)
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { omakase } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { picture } from './support/picture.js'
import { freePort, redis, withRedis } from './support/redis.js'

const WAIT = { 'wait.ts': 'export default (n: number) => new Promise(go => setTimeout(go, 20, n))' }

test(
  'explain says what the machines of a cluster would gain, and gives them nothing to do',
  withRedis,
  async t => {
    const { url } = await redis(t)
    await Promise.all([machine(t, url, 'one'), machine(t, url, 'two')])
    await picture(t, url, ({ machines }) => machines.length === 2)
    const cwd = folder(t, WAIT)
    const args = ['explain', 'wait.ts', '--range', '1..100000', '--on', url, '--report', 'r.json']
    const { code, stdout, stderr } = await omakase(t, args, { cwd })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^ +\S.* 2 machines with \d+ slots/m)
    assert.match(stdout, /^cluster {3}2 machines with \d+ cores at redis:.*; none of this ran there$/m)
    assert.match(stdout, /^gain {6}(about [\d.]+ times as fast|none: )/m)
    const { alternatives } = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'))
    const far = alternatives.find((one: any) => one.plan.executor === 'cluster')
    assert.equal(far.plan.workers, 2)
    assert.ok(far.predictedMs > 0)
    const { machines, runs } = await picture(t, url, () => true)
    assert.deepEqual([machines[0].done, machines[1].done, runs], [0, 0, []])
  },
)

test('explain says where there is no machine', withRedis, async t => {
  const { url } = await redis(t)
  const args = ['explain', 'wait.ts', '--range', '1..100', '--on', url]
  const { code, stdout } = await omakase(t, args, { cwd: folder(t, WAIT) })
  assert.equal(code, 0)
  assert.ok(stdout.includes(`cluster   no machine at ${url}: on each, omakase worker ${url}\n`), stdout)
})

test('--on auto never leaves the machine, whatever the environment says', async t => {
  // Nobody answers there: whoever asked would fail.
  const env = { OMAKASE_REDIS_URL: `redis://127.0.0.1:${await freePort()}` }
  const cwd = folder(t, WAIT)
  for (const verb of ['map', 'explain']) {
    for (const on of [[], ['--on', 'auto']]) {
      const { code, stdout } = await omakase(t, [verb, 'wait.ts', '--range', '1..9', ...on], { cwd, env })
      assert.equal(code, 0)
      assert.doesNotMatch(stdout, /cluster|machine/)
    }
  }
})

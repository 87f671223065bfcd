import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { assertEnded, slow } from './support/long.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

const HOUR = 3_600_000

/** An environment in which the clock is wrong by so much. */
function wrongBy(t: TestContext, ms: number): Record<string, string> {
  const cwd = folder(t, {
    'clock.mjs': `const { now } = Date
Date.now = () => now() + ${ms}
globalThis.Date = new Proxy(Date, {
  construct: (real, args) => new real(...(args.length === 0 ? [Date.now()] : args)),
})`,
  })
  return { NODE_OPTIONS: `--import=${pathToFileURL(join(cwd, 'clock.mjs')).href}` }
}

test(
  'machines whose clocks are hours apart work together, also when one of them dies',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const early = await machine(t, url, 'early', [], wrongBy(t, -HOUR))
    await machine(t, url, 'late', [], wrongBy(t, HOUR))
    const cwd = folder(t, { 'slow.ts': slow(20) })
    const run = start(t, ['map', 'slow.ts', '--range', '0..999', '--on', url, '-o', 'out.jsonl'], { cwd })
    while (linesOf(`${cwd}/out.jsonl`).length < 50) await new Promise(go => setTimeout(go, 20))
    early.child.kill('SIGKILL')
    assertEnded(await run.ended)
    assertEachOnce(`${cwd}/out.jsonl`, 1000)
  },
)

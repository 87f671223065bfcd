import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { run } from 'omakase'
import { fromIterable } from '#src/map/input/iterable.js'
import { jobOf, prepareClosure } from '#src/map/prepare.js'
import { type Live, runJob } from '#src/map/run/job.js'
import type { Outlet } from '#src/map/run/outlet.js'
import { type Ended, omakase } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { type Backend, backend, FETCH } from './support/backend.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

/** Asks for so many pages of a server, on two machines. */
async function ask(
  t: TestContext,
  { url }: Backend,
  count: number,
  options: readonly string[],
): Promise<Ended> {
  const engine = await redis(t)
  await Promise.all([machine(t, engine.url, 'one'), machine(t, engine.url, 'two')])
  const input = Array.from({ length: count }, (_, i) => `${url}/${i}\n`).join('')
  const cwd = folder(t, { 'fetch.ts': FETCH })
  return omakase(t, ['map', 'fetch.ts', '--on', engine.url, ...options], { cwd, input })
}

/** Both had some of it. */
function assertShared({ lines }: Ended): void {
  assert.equal(new Set(lines.map(({ output }) => output)).size, 2)
}

test('--concurrency holds over all machines together', withRedis, async t => {
  const server = await backend(t)
  const ended = await ask(t, server, 300, ['--concurrency', '5'])
  assert.equal(ended.code, 0, ended.stderr)
  assertShared(ended)
  assert.ok(server.peak() <= 5, `${server.peak()} at once`)
  assert.ok(server.peak() >= 4, `only ${server.peak()} at once`)
})

test('--rate is shared by all machines, and spread over time (slow)', withRedis, async t => {
  const server = await backend(t)
  const ended = await ask(t, server, 100, ['--rate', '20/s'])
  assert.equal(ended.code, 0, ended.stderr)
  assertShared(ended)
  const times = server.seen.map(({ at }) => at)
  // Begun five seconds after the first, at the earliest, and no second has more than its share and a few that were late.
  for (const at of times) {
    const inSecond = times.filter(other => other >= at && other < at + 1000).length
    assert.ok(inSecond <= 30, `${inSecond} in a second`)
  }
  assert.ok(times.at(-1)! - times[0]! >= 4000)
})

test('--per-host holds over all machines together', withRedis, async t => {
  const servers = [await backend(t), await backend(t)]
  const engine = await redis(t)
  await Promise.all([machine(t, engine.url, 'one'), machine(t, engine.url, 'two')])
  const input = Array.from({ length: 200 }, (_, i) => `${servers[i % 2]!.url}/${i}\n`).join('')
  const cwd = folder(t, { 'fetch.ts': FETCH })
  const ended = await omakase(t, ['map', 'fetch.ts', '--on', engine.url, '--per-host', '2'], { cwd, input })
  assert.equal(ended.code, 0, ended.stderr)
  assertShared(ended)
  for (const server of servers) assert.equal(server.peak(), 2)
})

test('a server that says when to come again is asked then, wherever the retry runs', withRedis, async t => {
  const server = await backend(t, nth =>
    nth === 1 ? { status: 429, afterMs: 5, retryAfter: 1 } : { status: 200, afterMs: 5 },
  )
  const ended = await ask(t, server, 40, ['--retries', '1'])
  assert.equal(ended.code, 0, ended.stderr)
  const first = new Map<string, number>()
  for (const { path, at } of server.seen) {
    const before = first.get(path)
    if (before === undefined) first.set(path, at)
    else assert.ok(at - before >= 1000, `asked again after ${at - before} ms`)
  }
  assert.equal(server.seen.length, 80)
  assert.deepEqual([...new Set(ended.lines.map(({ attempts }) => attempts))], [2])
})

test('what fails is retried as often as --retries says, over all machines', withRedis, async t => {
  const server = await backend(t, () => ({ status: 500, afterMs: 1 }))
  const ended = await ask(t, server, 10, ['--retries', '2'])
  assert.equal(ended.code, 1)
  assert.equal(server.seen.length, 30)
  assert.deepEqual([...new Set(ended.lines.map(({ attempts }) => attempts))], [3])
})

test('at --max-failures all machines stop', withRedis, async t => {
  const server = await backend(t, () => ({ status: 500, afterMs: 20 }))
  const ended = await ask(t, server, 5000, ['--max-failures', '3', '--concurrency', '8'])
  assert.equal(ended.code, 1)
  assert.equal(ended.lines.length, 3)
  const asked = server.seen.length
  assert.ok(asked <= 3 + 2 * 8, `${asked} were asked`)
  await new Promise(go => setTimeout(go, 500))
  assert.equal(server.seen.length, asked)
})

for (const [how, fn] of [
  ['throws', FETCH],
  ['returns', 'export default (url: string) => fetch(url)'],
]) {
  const what = `what one machine is refused is told to all, and not once for each of its items: where it ${how} that`
  test(what, withRedis, async t => {
    let refused = 0
    const server: Backend = await backend(t, () =>
      server.seen.length > 200 && refused++ < 20
        ? { status: 429, afterMs: 50, retryAfter: 0.1 }
        : { status: 200, afterMs: 50 },
    )
    const engine = await redis(t)
    await Promise.all([machine(t, engine.url, 'one'), machine(t, engine.url, 'two')])
    const orders: { readonly t: string; readonly by?: string }[] = []
    const listener = engine.client(t)
    await listener.psubscribe('omakase:*:control')
    listener.on('pmessage', (_pattern, _channel, text) => orders.push(JSON.parse(text)))
    const input = Array.from({ length: 1000 }, (_, i) => `${server.url}/${i}\n`).join('')
    const cwd = folder(t, { 'fetch.ts': fn! })
    const args = ['map', 'fetch.ts', '--on', engine.url, '--retries', '3']
    const ended = await omakase(t, args, { cwd, input })
    assert.equal(ended.code, 0, ended.stderr)
    const told = orders.filter(order => order.t === 'overload')
    assert.ok(told.length >= 1 && told.length < 20, `${told.length} times`)
    assert.ok(told.every(({ by }) => by === 'one' || by === 'two'))
  })
}

test('a machine that is told so lets fewer items in at once', async () => {
  const closure = async (): Promise<void> => void (await new Promise(go => setTimeout(go, 10)))
  const prepared = prepareClosure(closure, {})
  const source = fromIterable(Array.from({ length: 2000 }, (_, i) => i))
  let live: Live | undefined
  const outlet: Outlet = {
    ok: () => {
      if (live?.tally.ok === 500) live.planner.overloaded?.(10)
    },
    failed: () => {},
    isFull: false,
    onRoom: () => {},
  }
  const watch = (begun: Live) => {
    live = begun
  }
  const { planner } = await run(runJob({ ...jobOf(prepared, source, outlet, {}), watch }))
  assert.ok(planner.changes.some(({ why }) => why === 'overload'))
})

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type MapOptions, map } from 'omakase/map'
import type { Report } from '#src/map/report.js'
import { cores } from '#src/workers/cores.js'

/** A run of a function over so many inputs: what came out, and what the probe made of it. */
async function ran(t: TestContext, code: string, inputs: Iterable<unknown>, options: MapOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'omakase-probe-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'work.mjs'), code)
  const report = join(folder, 'report.json')
  const outputs = await map(inputs, pathToFileURL(join(folder, 'work.mjs')), { ...options, report }).outputs()
  const { measured, alternatives } = JSON.parse(readFileSync(report, 'utf8')) as Report
  return { outputs, measured, alternatives }
}

const probed = async (...args: Parameters<typeof ran>) => (await ran(...args)).measured!
const results = async (...args: Parameters<typeof ran>) => (await ran(...args)).outputs

const LONG = { timeout: 60_000 }
const range = (n: number) => Array.from({ length: n }, (_, i) => i)

test('of what first waits and then holds its event loop for long, an end is waited for', async t => {
  const code = `import { setTimeout } from 'node:timers/promises'
    export default async () => {
      await setTimeout(400)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700)
    }`
  const { items, activeMs } = await probed(t, code, range(6))
  assert.ok(items > 0)
  assert.ok(activeMs > 50, `${activeMs}`)
})

test('of what holds its event loop for long, a few are enough', async t => {
  const code = `export default () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 55)`
  const { items } = await probed(t, code, range(40))
  assert.ok(items >= 3 && items <= 5, `${items}`)
})

test('what only waits for long is not waited for', async t => {
  const code = `import { setTimeout } from 'node:timers/promises'
    export default () => setTimeout(3000)`
  const { items, activeMs } = await probed(t, code, range(40))
  assert.deepEqual([items, activeMs], [0, 0])
})

test('how much goes there and back is measured', async t => {
  const code = `export default text => text.length % 2 === 0 ? text : text + '!'`
  const { bytes = 0 } = await probed(t, code, new Array(12).fill('a'.repeat(300_000)))
  assert.ok(bytes >= 600_000 && bytes <= 600_100, `${bytes}`)
})

test('where items grow that one process was enough for, the others get them too', async t => {
  const code = `export default ms => {
    const end = performance.now() + ms
    while (performance.now() < end);
    return process.pid
  }`
  const inputs = [...new Array(100_000).fill(0), ...new Array(1000).fill(5)]
  const pids = await results(t, code, inputs)
  assert.ok(new Set(pids).size >= Math.min(2, cores()), `${new Set(pids).size} processes`)
})

test(
  'what other plans would have taken follows from all of the run, not from the first items',
  LONG,
  async t => {
    const code = `let ended = 0
    export default () => {
      const end = performance.now() + (ended++ < 100 ? 20 : 1)
      while (performance.now() < end);
    }`
    // How many there are is not known before the last one.
    const { alternatives } = await ran(t, code, range(2000).values())
    const alone = alternatives.find(({ plan }) => plan.executor === 'loop')!
    assert.ok(alone.predictedMs >= 1000 && alone.predictedMs < 20_000, `${alone.predictedMs} ms`)
  },
)

test('what stands in line in a worker is not let in at once where it turns out to wait', LONG, async t => {
  const code = `import { setTimeout } from 'node:timers/promises'
    let running = 0
    let most = 0
    export default async n => {
      if (n < 20_000) return 0
      most = Math.max(most, ++running)
      await setTimeout(400)
      running--
      return most
    }`
  // How many there are is not known: they go out in large messages.
  const inputs = range(20_600).values()
  const outputs = (await results(t, code, inputs)) as number[]
  // Before it is known it is one by one, and then as many as any run begins with.
  const most = outputs.find(atOnce => atOnce > 1)!
  assert.ok(most <= 128, `${most} at once`)
})

test('while a function that holds its loop is measured the other workers start', async t => {
  const there = mkdtempSync(join(tmpdir(), 'omakase-there-'))
  t.after(() => rmSync(there, { recursive: true, force: true }))
  // The first item does not let go of the loop before somebody else has loaded the module.
  const code = `import { readdirSync, writeFileSync } from 'node:fs'
    const there = ${JSON.stringify(there)}
    writeFileSync(there + '/' + process.pid, '')
    const cell = new Int32Array(new SharedArrayBuffer(4))
    export default () => {
      for (let tries = 0; tries < 400 && readdirSync(there).length < 2; tries++) Atomics.wait(cell, 0, 0, 50)
      return readdirSync(there).length
    }`
  const work = join(there, '..', `${there.split('/').at(-1)}.mjs`)
  writeFileSync(work, code)
  t.after(() => rmSync(work))
  const [first] = await map(range(8), pathToFileURL(work), { workers: 2 }).outputs()
  assert.equal(first, 2)
})

test('while a function is measured the other workers work, and no more run than were asked for', async t => {
  const there = mkdtempSync(join(tmpdir(), 'omakase-there-'))
  t.after(() => rmSync(there, { recursive: true, force: true }))
  // The first item holds its loop until another worker runs the second, and then waits, so that one loop is enough for all.
  const code = `import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    const there = ${JSON.stringify(there)}
    export default async n => {
      writeFileSync(there + '/' + n, '')
      if (n === 0) for (const until = performance.now() + 5000; performance.now() < until && !existsSync(there + '/1'); );
      const isHelped = existsSync(there + '/1')
      await setTimeout(n === 0 ? 600 : n === 1 ? 1500 : 100)
      const { length } = readdirSync(there)
      rmSync(there + '/' + n)
      return { length, isHelped }
    }`
  const work = `${there}.mjs`
  writeFileSync(work, code)
  t.after(() => rmSync(work))
  const seen = (await map(range(16), pathToFileURL(work), { concurrency: 2 }).outputs()) as {
    readonly length: number
    readonly isHelped: boolean
  }[]
  assert.equal(seen[0]!.isHelped, cores() > 1)
  assert.equal(Math.max(...seen.map(({ length }) => length)), 2)
})

/** Counts who has come; those that are not let go wait until so many are there at once. */
const CROWD = (there: string, count: number) => `
  import { readdirSync, writeFileSync } from 'node:fs'
  import { setTimeout } from 'node:timers/promises'
  const there = ${JSON.stringify(there)}
  const together = async n => {
    writeFileSync(there + '/' + n, '')
    while (readdirSync(there).length < ${count}) await setTimeout(5)
    return 'together'
  }`

async function crowded(t: TestContext, code: string, count = 60): Promise<unknown[]> {
  const there = mkdtempSync(join(tmpdir(), 'omakase-there-'))
  t.after(() => rmSync(there, { recursive: true, force: true }))
  const work = `${there}.mjs`
  writeFileSync(work, `${CROWD(there, 20)}\n${code}`)
  t.after(() => rmSync(work))
  return await map(range(count), pathToFileURL(work)).outputs()
}

test('a few that end at once do not hide that the others wait, and for long', LONG, async t => {
  const outputs = await crowded(t, 'export default n => n < 2 ? n : together(n)')
  assert.deepEqual(outputs.slice(0, 3), [0, 1, 'together'])
})

test(
  'what has computed, and then waits for long, is planned again before any of it has ended',
  LONG,
  async t => {
    const code = `export default n => {
    if (n >= 30) return together(n)
    for (const until = performance.now() + 20; performance.now() < until; );
    return n
  }`
    const outputs = await crowded(t, code)
    assert.deepEqual(outputs.slice(29, 31), [29, 'together'])
  },
)

test(
  'threads that are busy beside what waits, as those of the compiler, do not change the plan',
  LONG,
  async t => {
    // When it is known to wait, two threads compute beside it; when that has been looked at often enough, items want company.
    const code = `import { pbkdf2 } from 'node:crypto'
    const began = performance.now()
    let isComputing = false
    let isOver = false
    const compute = () => pbkdf2('a', 'b', 20_000, 64, 'sha512', () => isOver || compute())
    export default async n => {
      if (isOver) return n
      const ms = performance.now() - began
      if (ms < 4000) await setTimeout(400)
      if (ms > 1500 && !isComputing) {
        isComputing = true
        compute()
        compute()
      }
      if (ms < 4000) return n
      const answer = await together(n)
      isOver = true
      return answer
    }`
    const outputs = await crowded(t, code, 60_000)
    assert.ok(outputs.includes('together'))
  },
)

test('a crowd that is in line for its own loop is not followed by few', LONG, async t => {
  const code = `import { setTimeout } from 'node:timers/promises'
    let running = 0
    export default async () => {
      running++
      await setTimeout(60)
      const end = performance.now() + 2.5
      while (performance.now() < end);
      return running--
    }`
  const { outputs } = await ran(t, code, range(500), { on: 'loop' })
  const atOnce = (outputs as number[]).slice(250, 350).sort((one, other) => one - other)
  assert.ok(atOnce[50]! > 40, `${atOnce[50]} at once`)
})

test(
  'what waits and computes gets a second loop before half a second is over, where it is to be had',
  LONG,
  async t => {
    const code = `import { setTimeout } from 'node:timers/promises'
    export default async () => {
      await setTimeout(20)
      const end = performance.now() + 2.5
      while (performance.now() < end);
      return process.pid
    }`
    // All of it is less than the second in which it is seen for sure; a machine that is busy with other things shows less.
    for (let tries = 1; ; tries++) {
      const pids = new Set(await results(t, code, range(320)))
      if (pids.size >= Math.min(2, cores())) return
      assert.ok(tries < 8, 'it ran in one process, eight times')
    }
  },
)

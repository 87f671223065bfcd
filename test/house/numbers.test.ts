import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as omakase from 'omakase'
import { debugMode } from 'omakase/debug'
import { type MapOptions, map as mapInputs } from 'omakase/map'
import { main, subprocess, supervise } from 'omakase/node'
import { batch, drop, fan, map, take, throttle, window } from 'omakase/stream'
import { cancelSweep, explore, runTest, virtualClock } from 'omakase/testing'
import { processes, threads } from 'omakase/workers'

const { all, allSettled, Barrier, channel, Deque, forEach, Limiter, moveOnAfter, on, retry } = omakase
const { run, scope, Semaphore, sleep, timeout } = omakase

/** Everything that takes a duration, a capacity or a count; an option is named by its interface. */
interface Row {
  readonly kind: 'duration' | 'count' | 'size'
  readonly take: (n: any) => unknown
  /** Of the numbers of its kind, those that it does not take. */
  readonly not?: readonly unknown[]
  /** Of what is no number, what it takes all the same. */
  readonly also?: readonly unknown[]
  /** It would begin for good, or take long. */
  readonly onlyBad?: true
}

const MOST = [2 ** 53, 1e300, Number.MAX_VALUE, Infinity]

const duration = (take: Row['take'], more: Partial<Row> = {}): Row => ({ kind: 'duration', take, ...more })
const count = (take: Row['take'], more: Partial<Row> = {}): Row => ({ kind: 'count', take, ...more })
const size = (take: Row['take'], more: Partial<Row> = {}): Row => ({ kind: 'size', take, ...more })

const body = () => {}
const child = { name: 'child', run: body }
const health = { check: body }
const here = new URL(import.meta.url)
const mapped = (options: MapOptions) => mapInputs([], String, options).outputs()
const quantity: Partial<Row> = { not: [0, Infinity], also: ['2'], onlyBad: true }

const rows: Record<string, Row> = {
  'sleep: ms': duration(sleep),
  'timeout: ms': duration(ms => timeout(ms, body)),
  'moveOnAfter: ms': duration(ms => moveOnAfter(ms, body)),
  'ScopeOptions.timeout': duration(timeout => scope(body, { timeout })),
  'ScopeOptions.grace': duration(grace => scope(body, { grace })),
  'scope.deadline: at': duration(
    async deadline =>
      await run(() =>
        scope(inner => {
          inner.deadline = deadline
        }),
      ),
    // A moment may have passed.
    { also: [-1, -Infinity, -(2 ** 60), -Number.MIN_VALUE] },
  ),
  'ConcurrencyOptions.concurrency': count(concurrency => all([], { concurrency })),
  'allSettled: concurrency': count(concurrency => allSettled([], { concurrency })),
  'forEach: concurrency': count(concurrency => forEach([], body, { concurrency })),
  'RetryOptions.attempts': count(attempts => retry(body, { attempts })),
  'RetryOptions.delay': duration(delay => retry(body, { delay })),
  'RetryOptions.maxDelay': duration(maxDelay => retry(body, { maxDelay })),
  'RetryOptions.factor': duration(factor => retry(body, { factor }), { not: [0, 0.5] }),
  'channel: capacity': size(channel),
  'OnOptions.capacity': count(capacity => on(new EventTarget(), 'tick', { capacity })),
  'Semaphore: permits': count(n => new Semaphore(n)),
  'Limiter: limit': count(n => new Limiter(n)),
  'limiter: limit': count(n => {
    new Limiter(1).limit = n
  }),
  'Barrier: parties': count(n => new Barrier(n), { not: [Infinity] }),
  'Deque: maxlen': count(n => new Deque([], n)),
  'batch: count': count(n => batch(n)),
  'batch: ms': duration(ms => batch(1, ms)),
  'drop: count': size(drop),
  'take: count': size(take),
  'throttle: count': count(n => throttle(n, 1)),
  'throttle: ms': duration(ms => throttle(1, ms)),
  'window: size': count(n => window(n)),
  'window: step': count(n => window(1, n)),
  'map: concurrency': count(concurrency => map(String, { concurrency })),
  'FanOptions.workers': count(workers => fan([], String, { workers })),
  'FanOptions.buffer': size(buffer => fan([], String, { buffer })),
  'DebugOptions.slowStep': duration(slowStep => debugMode({ slowStep })()),
  'DebugOptions.slowCleanup': duration(slowCleanup => debugMode({ slowCleanup })()),
  'MainOptions.grace': duration(grace => main(body, { grace }), { onlyBad: true }),
  'SubprocessOptions.grace': duration(grace => subprocess('true', [], { grace })),
  'SubprocessOptions.maxBuffer': duration(maxBuffer => subprocess('true', [], { maxBuffer })),
  'CommonOptions.shutdown': duration(shutdown => supervise([{ ...child, shutdown }])),
  'HealthOptions.interval': duration(interval => supervise([{ ...child, health: { ...health, interval } }])),
  'HealthOptions.timeout': duration(timeout => supervise([{ ...child, health: { ...health, timeout } }])),
  'HealthOptions.failures': count(failures => supervise([{ ...child, health: { ...health, failures } }])),
  'SuperviseOptions.intensity': size(intensity => supervise([child], { intensity })),
  'SuperviseOptions.period': duration(period => supervise([child], { period })),
  'supervise: delay': duration(delay => supervise([child], { delay })),
  'supervise: maxDelay': duration(maxDelay => supervise([child], { maxDelay })),
  'supervise: factor': duration(factor => supervise([child], { factor }), { not: [0, 0.5] }),
  'VirtualClockOptions.threshold': duration(threshold => virtualClock({ threshold })),
  'jump: ms': duration(ms => virtualClock().jump(ms)),
  'advance: ms': duration(ms => virtualClock().advance(ms)),
  'TestOptions.seed': size(seed => runTest(body, { seed }), { not: MOST }),
  'CancelSweepOptions.points': count(points => cancelSweep(body, body, { points }), { onlyBad: true }),
  'ExploreOptions.seeds': count(seeds => explore(body, { seeds }), { onlyBad: true, not: [1e300, Infinity] }),
  'PoolOptions.workers': count(workers => threads(here, { workers }), { onlyBad: true }),
  'PoolOptions.concurrency': count(concurrency => processes(here, { concurrency }), { onlyBad: true }),
  'PoolOptions.memory': count(memory => threads(here, { memory }), { onlyBad: true, also: [1.5] }),
  'MapOptions.retries': count(retries => mapped({ retries }), quantity),
  'MapOptions.timeout': count(timeout => mapped({ timeout }), { ...quantity, also: [1.5] }),
  'MapOptions.perHost': count(perHost => mapped({ perHost }), quantity),
  'MapOptions.memory': count(memory => mapped({ memory }), { ...quantity, also: [1.5] }),
  'MapOptions.rate': count(rate => mapped({ rate }), { ...quantity, also: [1.5] }),
  'MapOptions.concurrency': count(concurrency => mapped({ concurrency }), quantity),
  'MapOptions.workers': count(workers => mapped({ workers }), quantity),
  'MapOptions.batch': count(batch => mapped({ batch }), quantity),
  'MapOptions.maxFailures': count(maxFailures => mapped({ maxFailures }), quantity),
}

const NEVER = [-1, -Infinity, Number.NaN, -(2 ** 60), '2', 'many', true, {}, [], 2n, body, Symbol('two')]
const KINDS = {
  duration: { never: [...NEVER, -Number.MIN_VALUE], good: [0, 0.5, 1, ...MOST] },
  count: { never: [...NEVER, 0, 1.5], good: [1, 2, ...MOST] },
  size: { never: [...NEVER, 1.5], good: [0, 1, 2, ...MOST] },
}

const warnings: string[] = []
process.on('warning', ({ message }) => warnings.push(message))

for (const [what, { kind, take, not = [], also = [], onlyBad }] of Object.entries(rows)) {
  const { never, good } = KINDS[kind]
  test(`${what}: what is no ${kind} is refused, and named`, async () => {
    const name = what.split(/: |\./).at(-1)!
    const named = new RegExp(/^[A-Z]\w*Options\./.test(what) ? name : what.split(':')[0]!)
    for (const bad of [...never.filter(each => !also.includes(each)), ...not]) {
      await assert.rejects(
        async () => await take(bad),
        (error: Error) => {
          assert.match(error.name, /^(UsageError|BadUsage)$/)
          assert.match(error.message, named, String(bad))
          assert.match(error.message, /(give|write) /)
          return true
        },
        String(bad),
      )
    }
  })
  if (onlyBad) continue
  test(`${what}: any other will do, however large`, async () => {
    for (const each of good.filter(each => !not.includes(each))) {
      const given = take(each)
      // What is only made, such as a `Co`, is not run.
      if (given instanceof Promise) await given
    }
  })
}

test('none of them made the platform complain', async () => {
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(warnings, [])
})

test('every option that is a number is in the table', () => {
  const src = fileURLToPath(new URL('../../../src/', import.meta.url))
  const options = [
    'core',
    'sync',
    'stream',
    'debug',
    'node',
    'testing',
    'workers/pool',
    'map/options',
  ].flatMap(folder =>
    readdirSync(`${src}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .flatMap(file => numbersIn(readFileSync(`${src}${folder}/${file}`, 'utf8'))),
  )
  assert.ok(options.length > 25)
  assert.deepEqual(
    options.filter(option => !(option in rows)),
    [],
  )
})

function numbersIn(code: string): string[] {
  return [...code.matchAll(/interface (\w+Options)\b[^{]*\{(.*?)\n\}/gs)].flatMap(([, name, fields]) =>
    [...fields!.matchAll(/readonly (\w+)\?: number\b/g)].map(([, field]) => `${name}.${field}`),
  )
}

test('the largest durations and counts do their work', async () => {
  for (const huge of MOST) {
    await run(function* () {
      assert.equal(yield* moveOnAfter(5, () => sleep(huge)), undefined)
      assert.equal(yield* timeout(huge, () => moveOnAfter(huge, () => 1)), 1)
      const both = scope(() => all([() => 2, () => 3], { concurrency: huge }), { timeout: huge, grace: huge })
      assert.deepEqual(yield* both, [2, 3])
      const [sender, receiver] = channel<number>(huge)
      for (let item = 0; item < 100; item++) assert.ok(sender.trySend(item))
      sender.close()
      let sum = 0
      const add = (item: number) => {
        sum += item
      }
      yield* forEach(receiver, add, { concurrency: huge })
      assert.equal(sum, 4950)
      yield* new Semaphore(huge).with(() => sleep(0))
      let runs = 0
      const failing = () => {
        if (++runs < 4) throw new Error('again')
      }
      yield* retry(failing, { attempts: huge, delay: 1, factor: huge, maxDelay: 1 })
      assert.equal(runs, 4)
    })
  }
})

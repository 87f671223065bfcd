import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from 'omakase'
import { forEach, pipe, toArray } from 'omakase/stream'
import { virtualClock } from 'omakase/testing'
import { timersOf } from '#src/core/timers.js'
import { Random } from '../core/random-trees/random.js'
import { turn } from '../core/turns.js'
import { draw, type Made, type Plan } from './random-pipes.js'

const SEED = Number(process.env.OMAKASE_SEED ?? 1)
const PIPES = Number(process.env.OMAKASE_PIPES ?? 300)

type Check = (plan: Plan, random: Random) => Promise<void>

/** Each plan has a seed of its own, which is told where it fails. */
async function withPlans(check: Check): Promise<void> {
  for (let seed = SEED; seed < SEED + PIPES; seed++) {
    const random = new Random(seed)
    const plan = draw(random)
    try {
      await check(plan, random)
    } catch (error) {
      throw new Error(`OMAKASE_SEED=${seed} OMAKASE_PIPES=1: ${plan.name}`, { cause: error })
    }
  }
}

const inOrder = (items: readonly number[]) => [...items].sort((a, b) => a - b)

function assertNothingIsLeft({ sources, calls }: Made, clock: ReturnType<typeof virtualClock>): void {
  for (const source of sources) assert.ok(source.isClosedOnce, 'a source was not closed once')
  assert.equal(calls(), 0, 'a call has not ended')
  assert.equal(timersOf(clock).size, 0, 'a timer is left')
}

test('random pipes give what the same says with arrays', async () => {
  await withPlans(async plan => {
    const made = plan.make()
    const clock = virtualClock()
    const items = await run(pipe(made.stream, toArray()), { clock })
    if (plan.isUnordered) assert.deepEqual(inOrder(items), inOrder(plan.expected))
    else assert.deepEqual(items, plan.expected)
    assertNothingIsLeft(made, clock)
  })
})

test('random pipes, read with a for await, give the same', async () => {
  await withPlans(async plan => {
    const { stream, sources, calls } = plan.make()
    const items: number[] = []
    for await (const item of stream) items.push(item)
    if (plan.isUnordered) assert.deepEqual(inOrder(items), inOrder(plan.expected))
    else assert.deepEqual(items, plan.expected)
    assert.ok(sources.every(source => source.isClosedOnce))
    assert.equal(calls(), 0)
  })
})

test('random pipes, cancelled at any moment, leave nothing', async () => {
  let cancelled = 0
  await withPlans(async (plan, random) => {
    const made = plan.make()
    const clock = virtualClock()
    const task = run(pipe(made.stream, toArray()), { clock })
    for (let left = random.below(12); left > 0; left--) await turn()
    task.cancel()
    const exit = await task.settled()
    if (exit.status === 'cancelled') cancelled++
    else assert.equal(exit.status, 'ok')
    assertNothingIsLeft(made, clock)
  })
  assert.ok(cancelled > 0 || PIPES === 1)
})

test('random pipes, of which the reader fails at any item, leave nothing and throw its error', async () => {
  await withPlans(async (plan, random) => {
    if (plan.expected.length === 0) return
    const made = plan.make()
    const clock = virtualClock()
    const error = new Error('reader')
    const fatal = random.below(plan.expected.length)
    const read = forEach((_: number, index) => {
      if (index === fatal) throw error
    })
    const exit = await run(pipe(made.stream, read), { clock }).settled()
    assert.ok(exit.status === 'failed' && exit.error === error)
    assertNothingIsLeft(made, clock)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Limit } from '#src/map/plan/limit.js'

/** What a backend does with a request: how long it takes with so many others there, or that it refuses, and how busy our loop is. */
type Backend = (others: number, nth: number) => { ms: number; refused?: boolean; busy?: number }

interface Run {
  readonly ms: number
  readonly refused: number
  readonly limit: Limit
}

/** Requests against a backend, in simulated time; refused ones are made again. */
function simulate(items: number, backend: Backend, limit: Limit): Run {
  let now = 1
  let waiting = items
  let refused = 0
  let nth = 0
  let running: { began: number; ends: number; refused: boolean; among: number; busy: number }[] = []
  for (;;) {
    for (; waiting > 0 && running.length < limit.value; waiting--) {
      const answer = backend(running.length, nth++)
      running.push({
        began: now,
        ends: now + answer.ms,
        refused: answer.refused === true,
        among: running.length + 1,
        busy: answer.busy ?? 0,
      })
      limit.started(now, running.length)
    }
    if (running.length === 0) return { ms: now, refused, limit }
    const next = running.reduce((first, one) => (one.ends < first.ends ? one : first))
    now = next.ends
    const inFlight = running.length
    running = running.filter(one => one !== next)
    if (next.refused) {
      refused++
      waiting++
      limit.refused(next.began, now, inFlight)
    }
    limit.finished(next.began, now, inFlight, next.busy, next.among)
  }
}

function best(items: number, backend: () => Backend): number {
  const fixed = [8, 16, 24, 32, 64, 128, 256, 512, 1024]
  return Math.min(
    ...fixed.map(at => simulate(items, backend(), new Limit({ start: at, most: at, isFixed: true })).ms),
  )
}

/** A server with so many places: whoever comes more waits for one. */
const slots = (places: number, ms: number) => (): Backend => {
  return others => ({ ms: ms * Math.max(1, Math.ceil((others + 1) / places)) })
}

const degrading = (): Backend => others => ({ ms: 20 * Math.max(1, ((others + 1) / 24) ** 2) })
const stragglers = (): Backend => (_others, nth) => ({ ms: nth % 50 === 49 ? 10_000 : 100 })
const refusing = (): Backend => others => (others >= 40 ? { ms: 5, refused: true } : { ms: 100 })

test('an unlimited backend is given more and more at once', () => {
  const run = simulate(5000, slots(1e9, 200)(), new Limit())
  assert.ok(run.limit.value > 500)
  assert.ok(run.ms <= 2.5 * best(5000, slots(1e9, 200)))
})

test('a backend with 16 places is not flooded', () => {
  const run = simulate(3000, slots(16, 50)(), new Limit())
  assert.ok(run.limit.value < 128, `${run.limit.value} at once`)
  assert.ok(run.ms <= 1.5 * best(3000, slots(16, 50)))
})

test('a backend that degrades past 24 is left in peace', () => {
  const run = simulate(5000, degrading(), new Limit())
  assert.ok(run.limit.value <= 48, `${run.limit.value} at once`)
})

test('a crowd that was let in before anything was known, and is in its own way, is followed by fewer', () => {
  let most = 0
  const backend: Backend = others => {
    most = Math.max(most, others + 1)
    return { ms: 50 * Math.max(1, (others + 1) / 24) ** 1.5 }
  }
  // The first item also connects and compiles.
  const run = simulate(600, backend, new Limit({ start: 103, aloneMs: 110 }))
  assert.equal(most, 103)
  assert.ok(run.limit.value <= 48, `${run.limit.value} at once`)
  assert.ok(run.ms <= 2 * best(600, () => backend), `${run.ms}`)
})

test('nothing is added to a crowd that may be in its own way until it is seen what it does when all of it is there', () => {
  let most = 0
  const backend: Backend = (others, nth) => {
    most = Math.max(most, others + 1)
    // The first ones also connect: that the later ones are slower because of the others is not to be seen yet.
    return { ms: 50 * Math.max(1, (others + 1) / 24) ** 1.5 + Math.max(0, 200 - 2 * nth) }
  }
  const run = simulate(600, backend, new Limit({ start: 116, aloneMs: 150 }))
  assert.equal(most, 116)
  assert.ok(run.limit.value <= 48, `${run.limit.value} at once`)
})

test('a slower round says nothing where no more were let in: the loop was busy compiling', () => {
  const limit = new Limit({ start: 32 })
  const round = (began: number, ends: number, busy: number) => {
    for (let left = 32; left > 0; left--) limit.finished(began, ends, limit.value, busy)
  }
  round(1, 101, 1)
  round(101, 301, 1)
  assert.equal(limit.value, 32)
  round(301, 401, 0)
  assert.ok(limit.value > 100, `${limit.value} at once`)
})

test('a slower round says nothing while the loop is busy, how many were let in or not', () => {
  const limit = new Limit({ start: 32 })
  let now = 1
  const round = (ms: number, busy: number) => {
    for (let left = limit.value; left > 0; left--) limit.finished(now, now + ms, limit.value, busy)
    now += ms
  }
  round(20, 0)
  round(20, 0)
  const before = limit.value
  round(200, 1)
  assert.equal(limit.value, before)
  round(20, 0)
  assert.ok(limit.value > before, `${limit.value} at once`)
})

/** What was let in by and by before the first had ended: so many milliseconds between two of them, of which so many end. */
function crowd(limit: Limit, ms: (nth: number) => number, gap: number, ended: number, busySoFar = 0): void {
  const count = limit.value
  const ends = Array.from({ length: count }, (_, nth) => ({
    began: 1 + nth * gap,
    ends: 1 + nth * gap + ms(nth),
    among: nth + 1,
  }))
  for (const one of ends) limit.started(one.began, one.among)
  ends.sort((one, other) => one.ends - other.ends)
  for (const [before, one] of ends.slice(0, ended).entries())
    limit.finished(one.began, one.ends, count - before, 0, one.among, busySoFar)
}

test("a crowd that is in nobody's way is followed by more as soon as some of those that came last have ended", () => {
  const limit = new Limit({ start: 128, aloneMs: 200 })
  crowd(limit, () => 200, 1, 80)
  assert.ok(limit.value > 300, `${limit.value} at once`)
})

test('nor does it matter how long the others take', () => {
  // One in four is as quick as the first ones were, wherever in the crowd it came.
  const limit = new Limit({ start: 128, aloneMs: 100 })
  crowd(limit, nth => (nth % 4 === 0 ? 100 : 5000), 0.3, 128)
  assert.ok(limit.value > 128, `${limit.value} at once`)
})

test('a crowd of very different times is harmless as soon as the later ones end as often as the earlier did at their age', () => {
  // Nobody is as quick as the first one was, which says nothing where they differ.
  const limit = new Limit({ start: 128, aloneMs: 5 })
  crowd(limit, nth => 20 + ((nth * 79) % 381), 0.5, 40)
  assert.ok(limit.value > 128, `${limit.value} at once`)
})

test('nor is it in line because those that came first have ended first', () => {
  const limit = new Limit({ start: 128, aloneMs: 20 })
  crowd(limit, nth => 20 + ((nth * 79) % 381), 2, 60)
  assert.ok(limit.value > 64, `${limit.value} at once`)
})

test('the first half of a crowd is not followed by others before it is judged', () => {
  const limit = new Limit({ start: 128, aloneMs: 200 })
  for (let nth = 1; nth <= 40; nth++) limit.finished(1, 201 + nth, 128 - nth, 0, nth + 1)
  assert.equal(limit.value, 88)
})

test('a crowd of which some take an hour does not keep others from being let in', () => {
  const hour = 3_600_000
  const backend: Backend = (_others, nth) => ({ ms: nth % 3 === 1 && nth < 128 ? hour : 100 })
  const run = simulate(20_000, backend, new Limit({ start: 128, aloneMs: 100 }))
  assert.ok(run.ms <= hour + 1000, `${run.ms}`)
  assert.ok(run.limit.value > 256, `${run.limit.value} at once`)
})

test('a crowd that comes to its end as fast as a few would is followed by few, before all of it has ended', () => {
  const limit = new Limit({ start: 128, aloneMs: 100 })
  // Four milliseconds each, whatever is there.
  crowd(limit, nth => 100 + 4 * nth, 0, 64)
  assert.ok(limit.value <= 32, `${limit.value} at once`)
})

test('a crowd that stands in line for its own loop says nothing of how many there should be', () => {
  const limit = new Limit({ start: 128, aloneMs: 100 })
  crowd(limit, nth => 100 + 4 * nth, 0, 64, 0.95)
  assert.equal(limit.value, 128)
})

test('items of very different times are not taken for a crowd that is in its own way', () => {
  const backend: Backend = (_others, nth) => ({ ms: 1000 + ((nth * 7919) % 9000) })
  // Which of them was the first is chance.
  for (const aloneMs of [500, 2000, 5000]) {
    const run = simulate(10_000, backend, new Limit({ start: 128, aloneMs }))
    assert.ok(run.limit.value > 512, `${run.limit.value} at once`)
  }
})

test('stragglers do not fool it', () => {
  const run = simulate(5000, stragglers(), new Limit())
  assert.ok(run.ms <= 2.5 * best(5000, () => stragglers()), `${run.ms}`)
})

test('a backend that refuses more than 40 is asked for less', () => {
  const run = simulate(5000, refusing(), new Limit())
  assert.ok(run.limit.value <= 64)
  assert.ok(run.refused < 1500, `${run.refused} were refused`)
})

test('a few of a thousand that are refused do not cut, and more of them do', () => {
  const limit = new Limit({ start: 1000 })
  for (let nth = 1; nth < 10; nth++) limit.refused(10, 20, 1000)
  assert.equal(limit.value, 1000)
  limit.refused(10, 20, 1000)
  assert.equal(limit.value, 700)
  const rarely = (): Backend => (_others, nth) => (nth % 1500 === 7 ? { ms: 5, refused: true } : { ms: 100 })
  const run = simulate(50_000, rarely(), new Limit())
  assert.ok(run.limit.value > 2000, `${run.limit.value} at once`)
})

test('signals of what began before the last cut do not cut again', () => {
  const limit = new Limit({ start: 100 })
  limit.overloaded(10, 20, 100, false)
  const { value } = limit
  limit.overloaded(15, 30, 90, false)
  assert.equal(limit.value, value)
  limit.overloaded(25, 40, 90, false)
  assert.ok(limit.value < value)
})

test('a limit that somebody has chosen stays as it is', () => {
  const limit = new Limit({ start: 7, most: 7, isFixed: true })
  limit.overloaded(1, 2, 7, false)
  for (let now = 10; now < 1000; now++) limit.finished(now - 5, now, 7, 0)
  assert.equal(limit.value, 7)
})

/** A small host first, then a slow one without a bound. */
const changing = (): Backend => (others, nth) => {
  return { ms: nth < 3000 ? 10 * Math.max(1, Math.ceil((others + 1) / 16)) : 500 }
}

test('items that become much slower have the limit found again', () => {
  const run = simulate(8000, changing(), new Limit())
  assert.ok(run.limit.changes.some(({ why }) => why === 'the items have changed'))
  assert.ok(run.ms <= 2.5 * best(8000, changing), `${run.ms} against ${best(8000, changing)}`)
})

/** So fast at first that our own loop is what bounds it, a millisecond of it for each; then slow. */
const fastAtFirst = (): Backend => (others, nth) =>
  nth < 3000 ? { ms: Math.max(10, others + 1), busy: Math.min(1, (others + 1) / 10) } : { ms: 150, busy: 0.1 }

test('a loop that was full and is free again has the limit found again', () => {
  const run = simulate(8000, fastAtFirst(), new Limit())
  assert.ok(run.ms <= 2 * best(8000, fastAtFirst), `${run.ms} against ${best(8000, fastAtFirst)}`)
})

test('a server that refuses is never rushed at again, however soon its refusals come', () => {
  const run = simulate(6000, refusing(), new Limit())
  assert.ok(run.limit.changes.every(({ why }) => why !== 'the items have changed'))
})

test('a crowd that was let in before anything was known, and is in its own way, is made smaller at once', () => {
  const limit = new Limit({ start: 128, aloneMs: 20 })
  const run = simulate(600, degrading(), limit)
  assert.ok(limit.value < 64, `${limit.value} at once`)
  assert.ok(run.ms <= 3 * best(600, degrading), `${run.ms} against ${best(600, degrading)}`)
})

test('items that end in waves, all in one message, are no sign that fewer run than might', () => {
  const limit = new Limit({ start: 64 })
  limit.overloaded(1, 2, 64, false)
  const before = limit.value
  for (let wave = 1; wave <= 20; wave++) {
    const running = limit.value
    for (let left = running; left > 0; left--) limit.finished(wave * 250, (wave + 1) * 250, left, 0)
  }
  assert.ok(limit.value > 2 * before, `${before} at once, then ${limit.value}`)
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { map } from 'omakase/map'
import { cores } from '#src/workers/cores.js'

const work = (name: string): URL => new URL(`./support/spare-work.js#${name}`, import.meta.url)

/** Worker processes that this one has as children now. */
function children(): number[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('entry/worker.js')
      } catch {
        return false
      }
    })
}

const options = {
  skip:
    (process.platform !== 'linux' && 'it looks into /proc') || (cores() < 2 && 'one core has no use for two'),
}

test(
  'a second process starts beside the first, and is the one that what computes gets',
  options,
  async () => {
    const run = map<number>(Array(30).fill(20), work('computes'), { on: 'processes', workers: 2 })
    const outputs = Promise.resolve(run.outputs())
    let isOver = false
    outputs.finally(() => {
      isOver = true
    })
    let before: number[] = []
    while (before.length < 2 && !isOver) {
      await pause(2)
      before = children()
    }
    const pids = new Set(await outputs)
    assert.deepEqual([...pids].sort(), before.sort())
    assert.deepEqual(children(), [])
  },
)

test('it goes as soon as it is seen that the function waits', options, async () => {
  const stop = new AbortController()
  const run = map(Array(50_000).fill(50), work('waits'), { signal: stop.signal })
  const ended = assert.rejects(Promise.resolve(run.outputs()), { name: 'AbortError' })
  let isOver = false
  ended.finally(() => {
    isOver = true
  })
  let most = 0
  while (!isOver && (most < 2 || children().length > 1)) {
    most = Math.max(most, children().length)
    await pause(5)
  }
  assert.deepEqual([most, children().length], [2, 1])
  stop.abort()
  await ended
  assert.deepEqual(children(), [])
})

test('there is none for one item', options, async () => {
  const outputs = Promise.resolve(map([5], work('waits')).outputs())
  let most = 0
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      most = Math.max(most, children().length)
      await pause(2)
    }
  })()
  assert.deepEqual(await outputs, [5])
  isOver = true
  await watching
  assert.equal(most, 1)
})

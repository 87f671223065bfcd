import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkSize, fillSize, hasRoom, lastSize } from '#src/cluster/coordinator/chunk-size.js'

test('a chunk is less than a second of one worker, and single items where these take longer', () => {
  // 1 ms, 100 ms and 2 s of computing, on six workers.
  assert.equal(chunkSize(6000, 6, 750), 750)
  assert.equal(chunkSize(60, 6, 8), 8)
  assert.equal(chunkSize(3, 6, 8), 1)
})

test('chunks grow from one item on, fourfold at most', () => {
  let size = 1
  const sizes: number[] = []
  while (size < 750) {
    size = chunkSize(6000, 6, size)
    sizes.push(size)
  }
  assert.deepEqual(sizes, [4, 16, 64, 256, 750])
})

test('where items wait, a few chunks are enough for all that a worker could have at once', () => {
  // Items of five seconds, 128 at once in one event loop: nothing has ended, so nothing is known of their time.
  const [seats, slots] = [3, 3 * 128]
  const size = fillSize(seats, slots)
  let [chunks, items] = [0, 0]
  while (hasRoom({ chunks, items }, { seats, slots }, 1, 0)) {
    chunks++
    items += size
  }
  assert.ok(items >= slots, `${items} of ${slots}`)
  assert.ok(chunks <= 4 * seats, `${chunks} chunks`)
})

test('where inputs come in pieces smaller than a chunk, more are published than a few for each worker', () => {
  const room = { seats: 4, slots: 4 }
  const most = (piece: number, size: number, perSecond: number) => {
    let chunks = 0
    while (hasRoom({ chunks, items: chunks * piece }, room, size, perSecond)) chunks++
    return chunks
  }
  // For a third of a second; but while chunks still grow, no more than there would be of whole ones.
  assert.equal(most(1000, 20_000, 100_000), 30)
  assert.equal(most(4, 4, 100_000), 16)
  assert.equal(most(20_000, 20_000, 100_000), 16)
})

test('small inputs are spread over all workers, and the last chunks are small', () => {
  assert.equal(lastSize(10, 4), 1)
  let left = 1000
  const sizes: number[] = []
  while (left > 0) {
    sizes.push(Math.min(75, lastSize(left, 4)))
    left -= sizes.at(-1)!
  }
  assert.equal(sizes[0], 63)
  assert.equal(sizes.at(-1), 1)
  assert.ok(sizes.every((size, at) => at === 0 || size <= sizes[at - 1]!))
})

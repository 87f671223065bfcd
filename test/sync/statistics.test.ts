import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Barrier, Condition, channel, Event, Limiter, Lock, on, run, type Task } from 'omakase'
import { turns } from '../core/turns.js'

test('a channel tells both ends the same: what is buffered, which ends are open, who waits', async () => {
  const [sender, receiver] = channel<number>(2)
  const more = sender.clone()
  const check = (expected: object) => {
    for (const end of [sender, receiver, more]) assert.deepEqual(end.statistics(), expected)
  }
  const idle = { buffered: 0, capacity: 2, senders: 2, receivers: 1, sending: 0, receiving: 0 }
  check(idle)
  const receiving = [run(receiver.receive()), run(receiver.next())]
  await turns()
  check({ ...idle, receiving: 2 })
  const sending = [1, 2, 3, 4, 5].map(item => run(sender.send(item)))
  await turns()
  check({ ...idle, buffered: 2, sending: 1 })
  receiver.tryReceive()
  more.close()
  check({ ...idle, buffered: 2, senders: 1 })
  await Promise.all([...receiving, ...sending])
  receiver.close()
  check({ ...idle, buffered: 2, senders: 1, receivers: 0 })
})

test('so does the receiver of on', () => {
  const target = new EventTarget()
  const receiver = on(target, 'tick', { capacity: 3 })
  target.dispatchEvent(new globalThis.Event('tick'))
  assert.deepEqual(receiver.statistics(), {
    buffered: 1,
    capacity: 3,
    senders: 1,
    receivers: 1,
    sending: 0,
    receiving: 0,
  })
  receiver.close()
})

test('a lock tells who holds it, and a condition tells of its lock', async () => {
  const condition = new Condition()
  const { lock } = condition
  assert.deepEqual(lock.statistics(), { holder: undefined, isBroken: false, waiting: 0 })
  const task: Task<void> = run(
    lock.with(async () => {
      assert.equal(lock.statistics().holder, task)
      await turns()
    }),
  )
  const others = [run(lock.with(() => {})), run(lock.with(() => condition.wait()))]
  await turns(2)
  assert.deepEqual(condition.statistics(), {
    waiting: 0,
    lock: { holder: task, isBroken: false, waiting: 2 },
  })
  await Promise.all([task, others[0]])
  assert.deepEqual(condition.statistics(), {
    waiting: 1,
    lock: { holder: undefined, isBroken: false, waiting: 0 },
  })
  others[1]!.cancel()
  await others[1]!.settled()
})

test('what is told does not change afterwards', () => {
  const limiter = new Limiter(2)
  const before = limiter.statistics()
  limiter.tryAcquire()
  assert.deepEqual(before, { limit: 2, held: 0, waiting: 0 })
})

test('nothing is told from within: statistics can be sent elsewhere', () => {
  for (const shared of [
    new Lock(),
    new Condition(),
    new Limiter(1),
    new Event(),
    new Barrier(2),
    channel()[0],
  ])
    structuredClone(shared.statistics())
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Holders, isDeadly } from '#src/cluster/coordinator/holders.js'

test('a chunk that two machines have lost is suspect, unless one of them says that it lives', () => {
  const holders = new Holders()
  holders.asked('two', 'two a', 1)
  assert.equal(holders.isSuspect, false)
  holders.asked('three', 'three a', 2)
  assert.equal(holders.isSuspect, true)
  holders.lives('two a')
  assert.equal(holders.isSuspect, false)
})

test('an outage in which all locks are lost makes nothing suspect', () => {
  const holders = new Holders()
  for (let times = 1; times < 10; times++) {
    holders.asked('one', `one ${times}`, times)
    holders.lives(`one ${times - 1}`)
  }
  assert.equal(holders.isSuspect, false)
  assert.deepEqual(holders.deadBut('one 9'), [])
})

test('who asks twice is no second machine, and two that died with nothing else on them are deadly', () => {
  const holders = new Holders()
  holders.asked('one', 'one a', 0)
  holders.asked('one', 'one a', 0)
  assert.deepEqual(holders.deadBut('one a'), [])
  holders.asked('one', 'one b', 1)
  assert.equal(isDeadly(holders.deadBut('one b')), false)
  holders.asked('two', 'two a', 2)
  assert.deepEqual(holders.deadBut('two a'), ['one', 'one'])
  assert.equal(isDeadly(holders.deadBut('two a')), true)
})

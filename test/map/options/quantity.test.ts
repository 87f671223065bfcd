import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, duration, rate } from '#src/map/options/quantity.js'
import { BadUsage } from '#src/workers/bad-usage.js'

type Read = (given: unknown, name: string) => number

function refuses(read: Read, given: unknown, name: string, message: string | RegExp): void {
  assert.throws(
    () => read(given, name),
    (error: Error) => {
      assert.ok(error instanceof BadUsage)
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
      return true
    },
    String(given),
  )
}

test('a duration is milliseconds, with a unit or as a number', () => {
  const given = ['5s', '100ms', '2m', '1h', '1.5s', ' 3 s ', 250]
  assert.deepEqual(
    given.map(one => duration(one, 'timeout')),
    [5000, 100, 120_000, 3_600_000, 1500, 3000, 250],
  )
})

test('a rate is a number a second', () => {
  const given = ['100/s', '30/m', '3600/h', '0.5/s', 20]
  assert.deepEqual(
    given.map(one => rate(one, 'rate')),
    [100, 0.5, 1, 0.5, 20],
  )
})

test('a count is a whole number', () => {
  assert.deepEqual([count('16', '--workers'), count(3, 'workers')], [16, 3])
})

test('zero, negative, endless and meaningless values are refused for all', () => {
  const numbers = [
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    true,
    {},
    [],
    5n,
    Symbol('x'),
    '',
    '0',
    '-5',
    'NaN',
    'Infinity',
    'fast',
    '1e3s',
    '5 parsecs',
    '1,5s',
  ]
  for (const given of numbers) {
    for (const read of [duration, rate, count]) refuses(read, given, 'option', /^option: .*: write a /)
  }
  for (const given of ['0s', '0/s', '0MB', '-5s', '5', '5.s', '.5s', 's']) {
    refuses(duration, given, 'timeout', /^timeout: /)
    refuses(rate, given, 'rate', /^rate: /)
  }
  for (const given of [1.5, '1.5', '1e3', '1_000', '0x10', ' 1', 2 ** 53])
    refuses(count, given, 'workers', /^workers: /)
})

test('the message names the option, what was given and what to write', () => {
  refuses(duration, 'fast', '--timeout', '--timeout fast: write a duration such as 5s or 500ms')
  refuses(
    duration,
    'fast',
    'timeout',
    'timeout: "fast": write a duration such as "5s", or milliseconds as a number',
  )
  refuses(rate, '100', '--rate', '--rate 100: write a rate such as 100/s or 30/m')
  refuses(count, '0', '--concurrency', '--concurrency 0: write a whole number from 1 on')
  refuses(count, Number.NaN, 'concurrency', 'concurrency: NaN: write a whole number from 1 on')
})

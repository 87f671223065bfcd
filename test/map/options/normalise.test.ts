import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flag, normalise, settle } from '#src/map/options/normalise.js'
import type { MapOptions } from '#src/map/options/options.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { nearest } from '#src/workers/load/nearest.js'

function refuses(options: unknown, message: RegExp, nameOf?: (key: string) => string): void {
  assert.throws(
    () => normalise(options as MapOptions, nameOf),
    (error: Error) => error instanceof BadUsage && message.test(error.message),
    JSON.stringify(options),
  )
}

test('texts become numbers, and only what was given is there', () => {
  const { signal } = new AbortController()
  const given: MapOptions = {
    retries: '2',
    timeout: '5s',
    rate: '60/m',
    concurrency: 4,
    on: 'loop',
    ordered: true,
    signal,
  }
  assert.deepEqual(normalise(given), {
    retries: 2,
    timeout: 5000,
    rate: 1,
    concurrency: 4,
    on: 'loop',
    ordered: true,
    signal,
  })
  const nothing = { workers: undefined } as unknown as MapOptions
  assert.deepEqual(normalise(nothing), {})
  assert.deepEqual(normalise({ workers: '2', batch: 10, maxFailures: 1, report: 'r.json' }), {
    workers: 2,
    batch: 10,
    maxFailures: 1,
    report: 'r.json',
  })
})

test('later layers win over earlier ones, over the defaults', () => {
  assert.deepEqual(settle(), { retries: 0, on: 'auto', ordered: false })
  const module = normalise({ retries: 1, timeout: '1s' })
  assert.deepEqual(settle(module, normalise({ retries: 5 })), {
    retries: 5,
    timeout: 1000,
    on: 'auto',
    ordered: false,
  })
})

test('an option that does not exist is refused with the nearest one', () => {
  refuses({ concurency: 5 }, /^there is no option concurency: did you mean concurrency\?$/)
  refuses({ timeOut: 5 }, /did you mean timeout\?$/)
  refuses({ maxfailure: 5 }, /^there is no option --maxfailure: did you mean --max-failures\?$/, flag)
  refuses({ colour: 5 }, /^there is no option colour: there are retries, timeout, /)
  refuses({ toString: 5 }, /^there is no option toString/)
})

test('each option is checked under its name', () => {
  refuses({ timeout: 'fast' }, /^--timeout fast: write a duration/, flag)
  refuses({ maxFailures: 0 }, /^--max-failures 0: write a whole number from 1 on$/, flag)
  refuses({ maxFailures: 0 }, /^maxFailures: 0: write/)
  refuses(
    { on: 'mars' as never },
    /^--on mars: write auto, loop, processes, threads or redis:\/\/HOST$/,
    flag,
  )
  refuses({ ordered: 'yes' }, /^ordered: yes: write true or false$/)
  refuses({ signal: {} }, /^signal: .*: write the signal of an AbortController$/)
  refuses({ report: '' }, /^--report .*: write the path of a file$/, flag)
  refuses({ retries: 0 }, /^retries: 0: write a whole number from 1 on$/)
})

test('options that are no object are refused', () => {
  for (const options of [null, 5, 'fast'])
    refuses(options, /^options are an object such as \{ retries: 2 \}, not /)
})

test('a flag is the name of the option in its own spelling', () => {
  assert.deepEqual(['timeout', 'maxFailures'].map(flag), ['--timeout', '--max-failures'])
})

test('the nearest name is one that a slip of the hand leads to', () => {
  const names = ['concurrency', 'on', 'timeout', 'retries', 'batch']
  for (const [word, near] of [
    ['concurency', 'concurrency'],
    ['TIMEOUT', 'timeout'],
    ['timeuot', 'timeout'],
    ['retry', undefined],
    ['retires', 'retries'],
    ['bacth', 'batch'],
    ['no', 'on'],
    ['elephant', undefined],
    ['', undefined],
  ] as const) {
    assert.equal(nearest(word, names), near, word)
  }
})

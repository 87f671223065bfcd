import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overloadOf } from '#src/workers/overload.js'
import { bench } from './support/bench.js'

test('statuses and codes of overload are found in the error, its response and its causes', () => {
  assert.deepEqual(overloadOf({ status: 429 }), { code: 429 })
  assert.deepEqual(overloadOf({ statusCode: 503 }), { code: 503 })
  assert.deepEqual(overloadOf({ response: { status: 503, headers: { 'retry-after': '2' } } }), {
    code: 503,
    retryAfter: 2000,
  })
  assert.deepEqual(overloadOf({ code: 'EMFILE' }), { code: 'EMFILE' })
  assert.deepEqual(overloadOf(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })), {
    code: 'ECONNRESET',
  })
  const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  assert.deepEqual(overloadOf(new TypeError('fetch failed', { cause: refused })), { code: 'ECONNREFUSED' })
})

test('other errors, and things that are none, say nothing of overload', () => {
  for (const thrown of [{ status: 404 }, { code: 'ENOENT' }, new Error('429'), 'boom', undefined, null, 429])
    assert.equal(overloadOf(thrown), undefined)
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('no')
      },
    },
  )
  assert.equal(overloadOf(hostile), undefined)
})

test('retryAfter is in seconds, a date is one from now on, and nonsense is none', () => {
  assert.deepEqual(overloadOf({ status: 429, retryAfter: 0.5 }), { code: 429, retryAfter: 500 })
  assert.deepEqual(overloadOf({ status: 429, headers: new Headers({ 'retry-after': '3' }) }), {
    code: 429,
    retryAfter: 3000,
  })
  const past = overloadOf({ status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } })
  assert.deepEqual(past, { code: 429, retryAfter: 0 })
  assert.deepEqual(overloadOf({ status: 429, retryAfter: 'soon' }), { code: 429 })
})

test('a thrown and a returned overload stand on the outcome', async t => {
  const { send, all } = bench(
    t,
    `export default kind => {
       if (kind === 'throw') throw Object.assign(new Error('slow down'), { status: 429, retryAfter: 1 })
       if (kind === 'response') return new Response('x', { status: 503, headers: { 'retry-after': '4' } })
       return kind
     }`,
    { encode: 'json' },
  )
  send(['fine', 'throw', 'response'])
  const found = (await all()).map(({ ok, overload }) => [ok, overload])
  assert.deepEqual(found, [
    [true, undefined],
    [false, { code: 429, retryAfter: 1000 }],
    [true, { code: 503, retryAfter: 4000 }],
  ])
})

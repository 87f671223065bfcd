import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { TimeoutError } from '#src/core/errors.js'
import { type ErrorRecord, errorRecord } from '#src/workers/errors/record.js'
import { reviveError } from '#src/workers/errors/revive.js'

/** There and back, as over a file or a wire. */
function there(thrown: unknown): ErrorRecord {
  return JSON.parse(JSON.stringify(errorRecord(thrown)))
}

test('an error is its name, message, stack, cause and own properties', () => {
  const cause = Object.assign(new RangeError('inner'), { errno: -2 })
  const error = Object.assign(new TypeError('outer', { cause }), { status: 503, at: new Date(0), list: [1n] })
  const record = there(error)
  assert.deepEqual(record, {
    name: 'TypeError',
    message: 'outer',
    stack: error.stack,
    cause: { name: 'RangeError', message: 'inner', stack: cause.stack, errno: -2 },
    status: 503,
    at: '1970-01-01T00:00:00.000Z',
    list: ['1'],
  })
})

test('it comes back as an error of the same class with the same looks', () => {
  const error = Object.assign(new TypeError('outer', { cause: new Error('inner', { cause: 'why' }) }), {
    status: 5,
  })
  const back = reviveError(there(error)) as TypeError & { status: number; cause: Error }
  assert.ok(back instanceof TypeError)
  assert.equal(back.message, 'outer')
  assert.equal(back.stack, error.stack)
  assert.equal(back.status, 5)
  assert.ok(back.cause instanceof Error)
  assert.equal(back.cause.cause, 'why')
  assert.deepEqual(Object.keys(back), ['status'])
})

test('a TimeoutError comes back as one, an error of the user’s class with its name', () => {
  assert.ok(reviveError(there(new TimeoutError('after 5 ms'))) instanceof TimeoutError)
  class HttpError extends Error {
    override name = 'HttpError'
    status = 404
  }
  const back = reviveError(there(new HttpError('gone'))) as HttpError
  assert.ok(back instanceof Error)
  assert.deepEqual(
    [back.name, back.message, back.status, String(back)],
    ['HttpError', 'gone', 404, 'HttpError: gone'],
  )
})

test('the errors of an AggregateError go along', () => {
  const record = there(new AggregateError([new Error('a'), 'b'], 'two'))
  const [first] = record.errors as ErrorRecord[]
  assert.equal(first?.message, 'a')
  const back = reviveError(record) as AggregateError
  assert.ok(back instanceof AggregateError)
  assert.ok(back.errors[0] instanceof Error)
  assert.equal(back.errors[1], 'b')
})

test('errors that are no list stay what they are', () => {
  const error = Object.assign(new Error('invalid'), { errors: { name: { kind: 'required' } } })
  const back = reviveError(there(error)) as typeof error
  assert.deepEqual(back.errors, { name: { kind: 'required' } })
})

test('things thrown that are no errors stay recognisable, and come back as they were', () => {
  for (const thrown of ['boom', '', 5, null, false, { code: 7, list: [1] }, ['a']]) {
    const record = there(thrown)
    assert.equal(record.name, 'NonError')
    assert.deepEqual(record.thrown, thrown)
    assert.deepEqual(reviveError(record), thrown)
  }
  assert.deepEqual(there('boom'), { name: 'NonError', message: "'boom'", thrown: 'boom' })
  assert.deepEqual(there(undefined), { name: 'NonError', message: 'undefined' })
  assert.equal(reviveError(there(undefined)), undefined)
})

test('things thrown that JSON cannot carry keep their looks', () => {
  for (const [thrown, looks] of [
    [Symbol('x'), 'Symbol(x)'],
    [5n, '5n'],
    [() => {}, '[Function (anonymous)]'],
  ] as const) {
    assert.deepEqual(there(thrown), { name: 'NonError', message: looks })
    const back = reviveError(there(thrown)) as Error
    assert.deepEqual([back.name, back.message], ['NonError', looks])
  }
})

test('what JSON cannot carry is left out, and cycles end', () => {
  const error = Object.assign(new Error('x'), { fn() {}, sym: Symbol('s'), no: undefined, n: Number.NaN })
  const loop: { self?: unknown; n: number } = { n: 1 }
  loop.self = loop
  Object.assign(error, { loop, me: error, cause: error })
  const { stack: _, ...rest } = there(error)
  assert.deepEqual(rest, { name: 'Error', message: 'x', n: null, loop: { n: 1 } })
})

test('an instance is only what it holds itself, so that a request does not bring its socket', () => {
  class Request {
    path = '/x'
    socket = { everything: 'else' }
  }
  const error = Object.assign(new Error('x'), {
    request: new Request(),
    response: { status: 500, data: { why: ['a'] }, request: new Request() },
  })
  const { request, response } = there(error)
  assert.deepEqual(request, { path: '/x' })
  assert.deepEqual(response, { status: 500, data: { why: ['a'] }, request: { path: '/x' } })
})

test('hostile errors give a record all the same', () => {
  const hostile = new Error('x')
  for (const key of ['stack', 'name', 'message', 'cause', 'own']) {
    Object.defineProperty(hostile, key, {
      enumerable: true,
      get() {
        throw new Error('trap')
      },
    })
  }
  assert.deepEqual(there(hostile), { name: 'Error', message: '', stack: 'Error' })
  const proxy = new Proxy({}, { ownKeys: () => assert.fail(), get: () => assert.fail() })
  assert.equal(there(proxy).name, 'NonError')
  assert.equal(there({ toJSON: () => assert.fail() }).name, 'NonError')
})

test('an error of another realm is an error', () => {
  const record = there(runInNewContext("new TypeError('far')"))
  assert.deepEqual([record.name, record.message], ['TypeError', 'far'])
})

test('the record survives structured clone', () => {
  const record = errorRecord(
    Object.assign(new Error('x', { cause: 'y' }), { fn() {}, deep: { a: new Map([[1, 2]]) } }),
  )
  assert.deepEqual(structuredClone(record), record)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode } from '#src/map/output/encode.js'
import { OutputError } from '#src/map/output/output-error.js'

function refused(value: unknown, message: string): void {
  assert.throws(
    () => encode(value),
    (error: Error) => {
      assert.ok(error instanceof OutputError, String(error))
      assert.equal(error.message, message)
      assert.equal(error.stack, `OutputError: ${message}`)
      return true
    },
  )
}

test('what JSON carries is written as JSON writes it', () => {
  const inner = { a: [1, -0, 1e21, 0.1], 'é "x"': '\n\ud800', deep: [[[{}]]], no: null, yes: true }
  for (const value of ['a"b', '', 5, -0, 1e-7, true, false, null, [], {}, inner, [inner, inner]]) {
    assert.equal(encode(value), JSON.stringify(value))
  }
  assert.equal(encode(Object.assign(Object.create(null), { a: 1 })), '{"a":1}')
})

test('undefined, NaN and the infinities are null, wherever they stand', () => {
  for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.equal(encode(value), 'null')
    assert.equal(encode({ a: value, b: [value] }), '{"a":null,"b":[null]}')
  }
  const holes = [1]
  holes.length = 3
  assert.equal(encode({ holes, x: undefined }), '{"holes":[1,null,null],"x":null}')
})

test('a BigInt is a string, a Date its ISO form', () => {
  assert.equal(encode(12345678901234567890n), '"12345678901234567890"')
  assert.equal(
    encode({ at: new Date(0), never: new Date(Number.NaN) }),
    '{"at":"1970-01-01T00:00:00.000Z","never":null}',
  )
})

test('a Set and a typed array are arrays, a Map an array of pairs', () => {
  assert.equal(encode(new Set([1, new Set(['a'])])), '[1,["a"]]')
  assert.equal(
    encode(
      new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 2 }, new Map()],
      ]),
    ),
    '[["a",1],[{"b":2},[]]]',
  )
  assert.equal(encode(new Uint8Array([1, 255])), '[1,255]')
  assert.equal(encode(new Float64Array([0.5, Number.NaN])), '[0.5,null]')
  assert.equal(encode(new BigInt64Array([-1n])), '["-1"]')
})

test('a Buffer and an ArrayBuffer are base64', () => {
  const bytes = Buffer.from('hello')
  assert.equal(encode(bytes), '"aGVsbG8="')
  assert.equal(encode({ body: bytes }), '{"body":"aGVsbG8="}')
  assert.equal(encode(new Uint8Array([1, 2]).buffer), '"AQI="')
  assert.equal(encode(new DataView(new Uint8Array([1, 2, 3]).buffer, 1)), '"AgM="')
})

test('toJSON is honoured, and gets its key', () => {
  const named = { toJSON: (key: string) => ({ key, n: 1n }) }
  assert.equal(encode(named), '{"key":"","n":"1"}')
  assert.equal(encode({ a: [named] }), '{"a":[{"key":"0","n":"1"}]}')
  assert.equal(encode({ link: new URL('http://a.b/c') }), '{"link":"http://a.b/c"}')
  assert.equal(encode({ toJSON: 5 }), '{"toJSON":5}')
})

test('an object of any class is its own properties, a boxed value its value', () => {
  class Point {
    x = 1
    get y() {
      return 2
    }
  }
  assert.equal(encode([new Point(), Object('a'), Object(1), Object(false)]), '[{"x":1},"a",1,false]')
})

test('an error inside an output is its record', () => {
  const { stack, ...rest } = JSON.parse(encode({ why: new TypeError('no') })).why
  assert.deepEqual(rest, { name: 'TypeError', message: 'no' })
  assert.match(stack, /^TypeError: no\n/)
})

test('a Response is what can be told without its body', () => {
  const response = new Response('body', {
    status: 503,
    headers: { 'retry-after': '2', 'content-type': 'text/plain' },
  })
  assert.deepEqual(JSON.parse(encode(response)), {
    status: 503,
    statusText: '',
    url: '',
    headers: { 'retry-after': '2', 'content-type': 'text/plain' },
  })
})

test('a function, symbol, promise or cycle fails, with its place', () => {
  refused(() => {}, 'output is a function, which JSON cannot carry: return plain data')
  refused(Symbol('x'), 'output is a symbol, which JSON cannot carry: return plain data')
  const rows = [{}, {}, {}, { cb() {} }]
  refused({ rows }, 'output.rows[3].cb is a function, which JSON cannot carry: return plain data')
  refused(
    { 'a b': [Symbol('x')] },
    'output["a b"][0] is a symbol, which JSON cannot carry: return plain data',
  )
  refused(
    new Map([['k', () => {}]]),
    'output[0][1] is a function, which JSON cannot carry: return plain data',
  )
  refused({ page: Promise.resolve(1) }, 'output.page is a promise: await it before you return it')
  const loop = { a: { b: {} as object } }
  loop.a.b = loop.a
  refused(loop, 'output.a.b refers back to output.a: JSON cannot carry a cycle')
  const self: unknown[] = []
  self.push(self)
  refused(self, 'output[0] refers back to output: JSON cannot carry a cycle')
})

test('the same object twice is no cycle', () => {
  const one = { n: 1n }
  assert.equal(encode({ a: one, b: [one, one] }), '{"a":{"n":"1"},"b":[{"n":"1"},{"n":"1"}]}')
})

test('a getter or a toJSON that throws fails, with its place and its reason', () => {
  const boom = new Error('boom')
  const bad = {
    get it() {
      throw boom
    },
  }
  refused({ bad }, 'output.bad.it cannot be read: Error: boom')
  refused(
    [
      {
        toJSON() {
          throw boom
        },
      },
    ],
    'output[0] has a toJSON that throws: Error: boom',
  )
})

test('what is nested a hundred thousand levels deep fails, and does not end the process', () => {
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  refused(deep, 'output is nested too deeply for JSON')
  let shallow: unknown = 1
  for (let i = 0; i < 500; i++) shallow = { a: shallow }
  assert.equal(encode(shallow), JSON.stringify(shallow))
})

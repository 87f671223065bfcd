import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder, order, output, programs } from './programs.js'

/** What is shown is the event loop itself, which has to turn for it; the times are those of some run. */
const REAL = new Set(['loop/idle', 'loop/starvation'])

for (const { name, prints } of programs()) {
  if (REAL.has(name))
    test(`${name} prints its transcript, in this order (slow)`, async () => {
      assert.equal(order(await output(name, 'real')), order(prints))
    })
  else
    test(`${name} prints its transcript, to the millisecond`, async () => {
      assert.equal(await output(name, 'virtual'), prints)
    })
}

test('the table in the README names every program', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const named = [...readme.matchAll(/\]\(([\w/-]+)\.ts\)/g)].map(([, name]) => name!)
  const missing = programs().filter(({ name }) => !named.includes(name))
  assert.deepEqual(missing, [])
  for (const name of named) assert.ok(existsSync(join(folder, `${name}.ts`)), name)
})

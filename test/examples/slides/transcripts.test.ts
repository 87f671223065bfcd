import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder, ON_THE_REAL_CLOCK, order, output, programs } from './programs.js'

for (const { name, prints } of programs()) {
  if (ON_THE_REAL_CLOCK.has(name))
    test(`${name} prints its transcript, in this order (slow)`, async () => {
      assert.equal(order((await output(name, 'real')).stdout), order(prints))
    })
  else
    test(`${name} prints its transcript, to the millisecond`, async () => {
      assert.equal((await output(name, 'virtual')).stdout, prints)
    })
}

test('the table in the README names every program', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const named = [...readme.matchAll(/\]\(([\w/-]+)\.ts\)/g)].map(([, name]) => name!)
  const missing = programs().filter(({ name }) => !named.includes(name))
  assert.deepEqual(missing, [])
  for (const name of named) assert.ok(existsSync(join(folder, `${name}.ts`)), name)
})

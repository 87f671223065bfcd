import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anywhere, ON_THE_REAL_CLOCK, output, programs } from './programs.js'

for (const { name, reports } of programs()) {
  const what = reports === '' ? 'nothing is reported' : 'what is wrong is reported, at its line'
  // What blocks has to block in earnest to be noticed.
  const isReal = name === 'loop/blocking' || ON_THE_REAL_CLOCK.has(name)
  test(`in debug mode, of ${name} ${what}${isReal ? ' (slow)' : ''}`, async () => {
    const { stderr } = await output(name, isReal ? 'real' : 'virtual', { OMAKASE_DEBUG: '1' })
    assert.equal(anywhere(stderr), anywhere(reports))
  })
}

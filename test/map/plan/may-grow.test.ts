import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayGrow } from '#src/map/plan/may-grow.js'
import { cores } from '#src/workers/cores.js'

const many = cores() > 1

for (const [what, settings, items, expected] of [
  ['nothing is known', {}, undefined, many],
  ['there is one item', {}, 1, false],
  ['there are two items', {}, 2, many],
  ['processes are asked for', { on: 'processes' }, undefined, many],
  ['one process is asked for', { on: 'processes', workers: 1 }, undefined, false],
  ['one at a time is asked for', { concurrency: 1 }, undefined, false],
  ['the loop is asked for', { on: 'loop' }, undefined, false],
  ['threads will do', { isolate: false }, undefined, false],
  ['threads will do, and processes are asked for', { isolate: false, on: 'processes' }, undefined, many],
  ['threads are asked for', { on: 'threads', workers: 2 }, undefined, false],
] as const)
  test(`${what}: there may ${expected ? '' : 'not '}be a second process`, () =>
    assert.equal(mayGrow(settings, items), expected))

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from 'omakase'
import { map } from 'omakase/map'
import { user } from '../../workers/support/work.js'

const url = new URL('../../workers/support/work.js#whoAmI', import.meta.url)

for (const on of ['processes', 'threads'] as const)
  test(`the coroutines of a map in ${on} see the task-locals of the task that maps`, async () => {
    const seen = await run(() => user.with('ann', () => map([1, 2], url, { on }).outputs()))
    assert.deepEqual(seen, Array(2).fill(['ann', null, 'ann']))
  })

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from 'omakase'
import { fromIterable } from '#src/map/input/iterable.js'
import { normalise } from '#src/map/options/normalise.js'
import { MESSAGE_BYTES, THREAD_MESSAGE_BYTES } from '#src/map/plan/costs.js'
import { jobOf, prepareModule } from '#src/map/prepare.js'
import { runJob } from '#src/map/run/job.js'
import { Outputs } from '#src/map/run/outputs.js'

const BYTES = 20_000
const work = new URL('../library/support/spare-work.js#measures', import.meta.url)

for (const [on, most] of [
  ['processes', MESSAGE_BYTES],
  ['threads', THREAD_MESSAGE_BYTES],
] as const)
  test(`no message to one of the ${on} is larger than it should be, the first one neither`, async () => {
    const prepared = await prepareModule(work, 'clone', { place: on })
    try {
      const inputs = Array<string>(3000).fill('a'.repeat(BYTES))
      const outputs = new Outputs<number>(prepared.revive)
      const job = jobOf(prepared, fromIterable(inputs), outputs, normalise({ on, workers: 2 }))
      const sizes: number[] = []
      const hire: typeof job.hire = (...given) => {
        const worker = job.hire(...given)
        const send = worker.send.bind(worker)
        worker.send = (calls, careful) => {
          sizes.push(calls.length)
          send(calls, careful)
        }
        return worker
      }
      await run(runJob({ ...job, hire, watch: live => outputs.follow(live) }))
      assert.deepEqual(new Set(outputs.list), new Set([BYTES]))
      const largest = Math.max(...sizes)
      assert.ok(largest > 8 && largest * BYTES <= most, `${largest} items`)
    } finally {
      prepared.dispose()
    }
  })

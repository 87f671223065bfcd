import { test } from 'node:test'
import { scope } from 'omakase'
import { cancelSweep, explore } from 'omakase/testing'
import { CORE, FAILING } from './core.js'
import { SYNC } from './sync.js'
import type { Use } from './use.js'

const SEEDS = 40

for (const [name, make] of Object.entries({ ...CORE, ...SYNC })) {
  test(`R49: ${name} leaves nothing behind, at whichever point it is cancelled`, async () => {
    let use: Use
    const body = () => {
      use = make()
      return use.body()
    }
    for (const options of [{}, { seed: 1 }, { seed: 2 }]) {
      await cancelSweep(body, ({ exit }) => use.left?.(exit), options)
    }
  })
}

for (const [name, make] of Object.entries({ ...CORE, ...SYNC, ...FAILING })) {
  test(`R48: ${name} does what it should under every schedule`, async () => {
    await explore(
      function* () {
        const use = make()
        const value = yield* scope(use.body)
        use.left?.({ status: 'ok', value })
      },
      { seeds: SEEDS },
    )
  })
}

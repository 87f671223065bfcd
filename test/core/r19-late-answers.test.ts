import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Co, forever, race, run, scope, suspend, wait } from 'omakase'
import { gate } from './gate.js'
import { turns } from './turns.js'

/** Waits that a cancellation cannot cut short, and what ends them late. */
const stubborn: Record<string, () => { wait: () => Co<unknown>; answer: () => void }> = {
  'a promise with a signal that it ignores': () => {
    let answer!: () => void
    return {
      wait: () =>
        wait(
          () =>
            new Promise<void>(resolve => {
              answer = resolve
            }),
        ),
      answer: () => answer(),
    }
  },
  'a suspend without an abort function': () => {
    let answer!: () => void
    return {
      wait: () =>
        suspend<void>(resume => {
          answer = resume
        }),
      answer: () => answer(),
    }
  },
  'a race with such a contestant': () => {
    let answer!: () => void
    return {
      wait: () =>
        race([
          suspend<void>(resume => {
            answer = resume
          }),
          forever(),
        ]),
      answer: () => answer(),
    }
  },
}

for (const [what, make] of Object.entries(stubborn)) {
  test(`R19: where the body of the scope itself was abandoned in ${what}, a late answer wakes it nowhere else`, async () => {
    const { wait: stuckIn, answer } = make()
    const next = gate<string>()
    let abandoned!: () => void
    const isAbandoned = new Promise<void>(resolve => {
      abandoned = resolve
    })
    const root = run(function* () {
      let name = ''
      try {
        yield* scope(() => stuckIn(), { timeout: 1, grace: 1 })
      } catch (error) {
        name = (error as Error).name
        abandoned()
      }
      return [name, yield* next.wait()]
    })
    await isAbandoned
    await turns()
    answer()
    await turns()
    assert.equal(root.state, 'waiting')
    next.open('next')
    assert.deepEqual(await root, ['ScopeError', 'next'])
  })
}

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Co, Event, forever, on, race, select, wait } from 'omakase'
import { fails } from '../core/fails.js'

// What is open before `omakase/testing` is loaded belongs to whoever runs the tests, and is not counted.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))
const { runTest } = await import('omakase/testing')

/** Comes when a run without a step has long been taken for stuck, by something that nobody sees. */
const late = () => new Promise<void>(resolve => void setTimeout(resolve, 300).unref())

for (const [name, body] of Object.entries({
  *'an event of a target'() {
    const target = new EventTarget()
    const events = on(target, 'late')
    void late().then(() => target.dispatchEvent(new globalThis.Event('late')))
    yield* events.receive()
    events.close()
  },
  'a race with a promise': () => race([new Event().wait(), wait(late())]),
  'a select with a promise': () => select({ never: new Event().wait(), late: wait(late()) }),
  'a select in a race': () => race([forever(), select({ never: new Event().wait(), late: wait(late()) })]),
})) {
  test(`a test that waits for something outside is not stuck: ${name} (slow)`, async () => {
    await runTest(body as () => Co<unknown>)
  })
}

for (const [name, body] of Object.entries({
  'a race of events': () => race([new Event().wait(), new Event().wait()]),
  'a select of an event and nothing': () => select({ event: new Event().wait(), never: forever() }),
  'forever in a race': () => race([forever(), forever()]),
})) {
  test(`a test that nothing outside can help is stuck: ${name} (slow)`, async () => {
    await fails(runTest(body as () => Co<unknown>), { name: 'DeadlockError' })
  })
}

test('a test that is stuck tells who waits on what (slow)', async () => {
  await assert.rejects(
    runTest(() => race([new Event().wait(), forever()])),
    /waits on the first of an event, forever\)/,
  )
})

import type { Body } from '../core/index.js'
import { type TestOptions, trial } from './trial.js'

/**
 * Runs a body as a test, on a virtual clock. Fails where the body fails, where nothing can go on any more
 * (`DeadlockError`), and where tasks still run that it has started and not waited for (`LeakError`).
 *
 * @example
 * import { test } from 'node:test'
 * test('waits for an hour, which takes no time', () =>
 *   runTest(function* () {
 *     const before = now()
 *     yield* sleep(3_600_000)
 *     assert.equal(now() - before, 3_600_000)
 *   }))
 * @throws what the body throws; ScopeError where there is more than one error.
 */
export async function runTest<T>(body: Body<T>, options: TestOptions = {}): Promise<T> {
  const { exit } = await trial(body, options)
  if (exit.status === 'ok') return exit.value
  throw exit.status === 'failed' ? exit.error : exit.reason
}

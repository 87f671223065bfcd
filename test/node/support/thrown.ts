import assert from 'node:assert/strict'

/** What it is rejected with, which has to match. */
export async function thrown(work: PromiseLike<unknown>, message: RegExp): Promise<any> {
  let error: unknown
  try {
    await work
  } catch (thrown) {
    error = thrown
  }
  assert.ok(error instanceof Error, `expected an error that matches ${message}, and got none`)
  assert.match(error.message, message)
  return error
}

import assert from 'node:assert/strict'

/** The task fails: with this very error, or with one that has these fields. */
export async function fails(
  task: PromiseLike<unknown>,
  expected: Error | Record<string, unknown>,
): Promise<void> {
  await assert.rejects(
    async () => await task,
    expected instanceof Error ? thrown => thrown === expected : expected,
  )
}

/** Throws from a `finally` on purpose. */
export function raise(error: unknown): never {
  throw error
}

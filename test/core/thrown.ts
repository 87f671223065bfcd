import assert from 'node:assert/strict'

/** What is thrown, whatever it is. */
export async function thrownBy(task: PromiseLike<unknown>): Promise<any> {
  try {
    await task
  } catch (error) {
    return error
  }
  return assert.fail('nothing was thrown')
}

/** Every error that arrives with this one. */
export function errorsIn(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(errorsIn) : [error]
}

/** Several errors as one: these and no others, the first of them the cause, and no way round in the causes. */
export function holds(error: any, first: unknown, ...others: unknown[]): void {
  assert.equal(error?.name, 'ScopeError')
  assert.ok(error instanceof AggregateError)
  assert.equal(error.cause, first)
  const found = errorsIn(error)
  for (const one of [first, ...others]) assert.equal(found.filter(other => other === one).length, 1)
  assert.equal(found.length, 1 + others.length)
  hasNoCycle(error)
}

export function hasNoCycle(error: unknown): void {
  const path = new Set<unknown>()
  const walk = (node: unknown): void => {
    if (!(node instanceof Error)) return
    assert.ok(!path.has(node), 'the causes form a cycle')
    path.add(node)
    walk(node.cause)
    if (node instanceof AggregateError) node.errors.forEach(walk)
    path.delete(node)
  }
  walk(error)
}

import type { Calls, Outcomes } from './wire.js'
import type { Call, Outcome } from './worker.js'

/** Calls as they travel. */
export function pack(calls: readonly Call[], careful: boolean): Calls {
  const ids: number[] = []
  const indexes: number[] = []
  const attempts: number[] = []
  const inputs: unknown[] = []
  for (const { id, index, attempt, input } of calls) {
    ids.push(id)
    indexes.push(index)
    attempts.push(attempt)
    inputs.push(input)
  }
  return { t: 'calls', ids, indexes, attempts, inputs, careful }
}

/** Outcomes from how they travelled. */
export function unpack({ ids, ms, values, remarks }: Outcomes): Outcome[] {
  const given = typeof values === 'string' ? values.split('\n') : values
  const outcomes = ids.map((id, i): Outcome => ({ id, ms: ms[i]!, ok: true, value: given[i] }))
  for (const { at, failure, overload } of remarks) {
    const was = outcomes[at]!
    const { id, ms } = was
    if (failure !== undefined) outcomes[at] = { id, ms, ok: false, ...failure, ...(overload && { overload }) }
    else if (overload !== undefined) outcomes[at] = { ...was, overload }
  }
  return outcomes
}

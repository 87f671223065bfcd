import type { Link } from './share/link.js'
import type { Calls, Outcomes } from './wire.js'
import type { Call, Outcome } from './worker.js'

/** Calls as they travel. */
export function pack(calls: readonly Call[], careful: boolean, link: Link): Calls {
  const ids: number[] = []
  const indexes: number[] = []
  const attempts: number[] = []
  const inputs: unknown[] = []
  const shared: number[] = []
  for (const { id, index, attempt, input } of calls) {
    ids.push(id)
    indexes.push(index)
    attempts.push(attempt)
    const marked = link.pack(input)
    if (marked !== undefined) shared.push(inputs.length)
    inputs.push(marked === undefined ? input : marked.value)
  }
  return { t: 'calls', ids, indexes, attempts, inputs, careful, ...(shared.length > 0 && { shared }) }
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

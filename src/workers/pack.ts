import { column } from './column.js'
import type { Link } from './share/link.js'
import type { Calls, Outcomes } from './wire.js'
import type { Call, Outcome } from './worker.js'

/** Calls as they travel. */
export function pack(calls: readonly Call[], careful: boolean, link: Link): Calls {
  const { length } = calls
  const ids = column(length)
  const indexes = column(length)
  const attempts = column(length)
  const inputs = new Array<unknown>(length)
  const shared: number[] = []
  for (let i = 0; i < length; i++) {
    const { id, index, attempt, input } = calls[i]!
    ids[i] = id
    indexes[i] = index
    attempts[i] = attempt
    const marked = link.pack(input)
    if (marked !== undefined) shared.push(i)
    inputs[i] = marked === undefined ? input : marked.value
  }
  return { t: 'calls', ids, indexes, attempts, inputs, careful, ...(shared.length > 0 && { shared }) }
}

/** Outcomes from how they travelled. */
export function unpack({ ids, ms, values, remarks }: Outcomes): Outcome[] {
  const given = typeof values === 'string' ? values.split('\n') : values
  const outcomes = new Array<Outcome>(ids.length)
  for (let i = 0; i < ids.length; i++) outcomes[i] = { id: ids[i]!, ms: ms[i]!, ok: true, value: given[i] }
  for (const { at, failure, overload } of remarks) {
    const was = outcomes[at]!
    const { id, ms } = was
    if (failure !== undefined) outcomes[at] = { id, ms, ok: false, ...failure, ...(overload && { overload }) }
    else if (overload !== undefined) outcomes[at] = { ...was, overload }
  }
  return outcomes
}

import type { ErrorRecord } from '../../workers/errors/record.js'
import type { Outcome } from '../../workers/internal.js'
import { type Encoding, unpackOutputs } from '../engine/codec.js'
import type { Report } from '../engine/messages.js'

/** What a machine tells of items that have ended, one by one. */
export function outcomesOf(encode: Encoding, ended: NonNullable<Report['ended']>): Outcome[] {
  const outputs = unpackOutputs(encode, ended.outputs)
  const errors = new Map<number, ErrorRecord>(ended.errors)
  const overloads = new Map(ended.overloads)
  const final = new Set(ended.final)
  let next = 0
  return ended.ids.map((id, place) => {
    const [ms, attempt] = [ended.ms[place]!, ended.attempts[place]!]
    const overload = overloads.get(place)
    const error = errors.get(place)
    const about = { id, ms, attempt, ...(overload && { overload }) }
    if (error === undefined) return { ...about, ok: true, value: outputs[next++] }
    return { ...about, ok: false, error, cancelled: false, isFinal: final.has(place) }
  })
}

import type { Link } from './share/link.js'
import { movedAway } from './transfer.js'
import { uncloneable } from './uncloneable.js'
import type { Call, Outcome } from './worker.js'

/** Takes the calls whose input cannot be cloned from among the others, and fails them with the path of the culprit. */
export function refuseUncloneable(calls: readonly Call[], link: Link): { fit: Call[]; refused: Outcome[] } {
  const fit: Call[] = []
  const refused: Outcome[] = []
  for (const call of calls) {
    const problem =
      movedAway(call.input, 'input') ?? uncloneable(link.pack(call.input)?.value ?? call.input, 'input')
    if (problem === undefined) {
      fit.push(call)
      continue
    }
    const error = { name: problem.name, message: problem.message }
    refused.push({ id: call.id, ms: 0, ok: false, error, cancelled: false })
  }
  return { fit, refused }
}

import type { Call, Outcome } from '../../workers/internal.js'
import { isShared } from '../../workers/share/shared.js'
import { uncloneable } from '../../workers/uncloneable.js'

/** Takes the calls that cannot travel from among the others, and fails them with the path of the culprit. */
export function refuseUncloneable(calls: readonly Call[]): { fit: Call[]; refused: Outcome[] } {
  const fit: Call[] = []
  const refused: Outcome[] = []
  for (const call of calls) {
    const shared = pathOfShared(call.input, 'input', new Set())
    const problem =
      shared === undefined
        ? uncloneable(call.input, 'input')
        : new TypeError(
            `${shared} is shared, and is used on its own machine only; pass plain data to a cluster`,
          )
    if (problem === undefined) {
      fit.push(call)
      continue
    }
    const error = { name: problem.name, message: problem.message }
    refused.push({ id: call.id, ms: 0, ok: false, error, cancelled: false })
  }
  return { fit, refused }
}

function pathOfShared(value: unknown, path: string, above: Set<unknown>): string | undefined {
  if (isShared(value)) return path
  if (typeof value !== 'object' || value === null || above.has(value)) return
  above.add(value)
  for (const [key, part] of Object.entries(value)) {
    const found = pathOfShared(part, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, above)
    if (found !== undefined) return found
  }
  return
}

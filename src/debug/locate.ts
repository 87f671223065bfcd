import type { Session } from 'node:inspector'
import { builtin } from './platform.js'
import type { Position } from './source-map.js'

/** More would take seconds. */
const MOST = 5_000

/**
 * Where each of these generators is suspended. V8 tells that to debuggers only, so one is attached for a moment.
 * `null` for one that runs, and where the platform has no inspector.
 */
export function locate(generators: readonly object[]): (Position | null)[] {
  const inspector = builtin<typeof import('node:inspector')>('inspector')
  if (inspector === undefined || generators.length === 0) return generators.map(() => null)
  const session = new inspector.Session()
  try {
    session.connect()
    return located(session, generators)
  } catch {
    return generators.map(() => null)
  } finally {
    session.disconnect()
  }
}

const KEY = Symbol.for('omakase.generators')

function located(session: Session, generators: readonly object[]): (Position | null)[] {
  const files = filesOf(session)
  const holder = globalThis as { [KEY]?: readonly object[] }
  holder[KEY] = generators.slice(0, MOST)
  try {
    const list = ask(session, 'Runtime.evaluate', {
      expression: `globalThis[Symbol.for('${KEY.description}')]`,
    })
    const elements = ask(session, 'Runtime.getProperties', {
      objectId: list.result.objectId,
      ownProperties: true,
    }).result as { name: string; value: { objectId?: string } }[]
    const positions: (Position | null)[] = generators.map(() => null)
    for (const { name, value } of elements) {
      if (!/^\d+$/.test(name)) continue
      const { internalProperties } = ask(session, 'Runtime.getProperties', {
        objectId: value.objectId,
        ownProperties: true,
      })
      const internal = Object.fromEntries(
        (internalProperties ?? []).map((each: any) => [each.name, each.value?.value]),
      )
      const place = internal['[[GeneratorLocation]]']
      const file = files.get(place?.scriptId)
      if (internal['[[GeneratorState]]'] === 'suspended' && file !== undefined)
        positions[Number(name)] = { file, line: place.lineNumber + 1, column: place.columnNumber + 1 }
    }
    return positions
  } finally {
    delete holder[KEY]
  }
}

function filesOf(session: Session): Map<string, string> {
  const files = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url))
  ask(session, 'Debugger.enable')
  ask(session, 'Debugger.disable')
  return files
}

/** The answer comes before the call returns: the session is that of this very thread. */
function ask(session: Session, method: string, params: object = {}): any {
  let answer: any
  session.post(method, params, (error, result) => {
    if (error !== null) throw error
    answer = result
  })
  return answer
}

import { type Bundle, bundle, type FunctionSource } from '../../workers/load/index.js'
import { connect, type Engine } from '../engine/engine.js'
import type { Seal } from '../engine/seal.js'

/** A module, code, or a command that is run for each item. */
export type FarSource = FunctionSource | FarCommand

interface FarCommand {
  readonly exec: string
  readonly shell: boolean
}

/** A module, and the engine by which machines are given it. Where one of the two is not there, the other is left again. */
export async function reach(
  source: FarSource,
  url: string,
  seal: Seal,
  log: (text: string) => void,
): Promise<{ readonly made: Bundle; readonly engine: Engine }> {
  // First, as esbuild starts in a process of its own while this one loads what it needs to connect.
  const making = isCommand(source) ? whole(source) : bundle(source, { isForMachines: true })
  const connecting = connect(url, seal, { log: line => log(`omakase: ${line}`) })
  // Either may fail before the other is there, and is told then.
  making.catch(() => {})
  connecting.catch(() => {})
  try {
    return { made: await making, engine: await connecting }
  } catch (error) {
    connecting.then(
      engine => engine.close(),
      () => {},
    )
    throw error
  }
}

export function isCommand(source: FarSource): source is FarCommand {
  return typeof source === 'object' && 'exec' in source
}

async function whole({ exec, shell }: FarCommand): Promise<Bundle> {
  const [{ nameOf }, { checkCommand }] = await Promise.all([
    import('../../map/exec/prepare-command.js'),
    import('../../map/exec/template.js'),
  ])
  checkCommand(exec, shell)
  return { name: nameOf(exec), exportName: 'default', code: exec }
}

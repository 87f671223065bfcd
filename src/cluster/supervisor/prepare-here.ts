import { CommandPlanner } from '../../map/exec/command-planner.js'
import { prepareCommand } from '../../map/exec/prepare-command.js'
import { type BundleParts, type Prepared, prepareBundle } from '../../map/prepare.js'
import type { CarriedLocals } from '../../workers/internal.js'
import { unpackInputs } from '../engine/codec.js'
import type { Found } from './site.js'

type Heard = Pick<BundleParts, 'log' | 'progress'>

/** What a run asks for, ready to be run on this machine. */
export function prepareHere({ about, code, file, surroundings, first }: Found, heard: Heard): Prepared {
  const { name, exportName, encode, locals, command } = about
  if (command === undefined)
    return prepareBundle(
      { name, exportName, code },
      {
        encode,
        file,
        surroundings,
        first,
        ...heard,
        ...(locals !== undefined && { locals: unpackInputs('clone', locals) as unknown as CarriedLocals }),
      },
    )
  return {
    name,
    isLocal: false,
    kind: 'command',
    // Not before the run is there to tell of it where there is no such program here.
    hire: (...given) => prepareCommand(code, command.isForShell, { surroundings }).hire(...given),
    plan: parts => new CommandPlanner(parts),
    explain: error => error,
    revive: error => error,
    dispose: () => file.remove(),
  }
}

import type { FunctionSource } from '../workers/load/index.js'
import type { Settings } from './options/options.js'
import type { Prepared } from './prepare.js'

/** Makes a module ready to be run by the machines of a cluster. */
export type PrepareElsewhere = (source: FunctionSource, given: Partial<Settings>) => Promise<Prepared>

let registered: PrepareElsewhere | undefined

/** Called once by whoever knows clusters, which is more than most programs need to load. */
export function offerElsewhere(prepare: PrepareElsewhere): void {
  registered = prepare
}

export async function prepareElsewhere(source: FunctionSource, given: Partial<Settings>): Promise<Prepared> {
  if (registered === undefined) await import('omakase/cluster')
  return registered!(source, given)
}

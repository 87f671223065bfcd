import type { Settings } from '../../map/options/options.js'
import type { Prepared } from '../../map/prepare.js'
import { BadUsage } from '../../workers/bad-usage.js'
import type { ErrorRecord } from '../../workers/errors/record.js'
import { reviveError } from '../../workers/errors/revive.js'
import { carriedLocals } from '../../workers/internal.js'
import { shown } from '../engine/address.js'
import { type Encoding, packInputs } from '../engine/codec.js'
import { sealFrom } from '../engine/key.js'
import type { Seal } from '../engine/seal.js'
import { MAX_SIZE } from '../engine/size.js'
import { version } from '../engine/version.js'
import { ClusterPlanner } from './cluster-planner.js'
import { ClusterWorker } from './cluster-worker.js'
import { Coordinator } from './coordinator.js'
import { Notices } from './notices.js'
import { type FarSource, isCommand, reach } from './reach.js'

export interface ClusterParts {
  /** By the key in `OMAKASE_KEY`, if there is one, unless given. */
  readonly seal?: Seal
  /** Bytes that an input or an output may have; 16 MB unless given. */
  readonly maxSize?: number
  /** Told of machines that come and go. */
  readonly onChange?: (line: string) => void
}

/** A module, or a command, that is run by the machines of a cluster. */
export async function prepareCluster(
  source: FarSource,
  encode: Encoding,
  url: string,
  given: Partial<Settings>,
  log = (text: string): void => void process.stderr.write(`${text}\n`),
  {
    seal = sealFrom({ key: process.env.OMAKASE_KEY }),
    maxSize = MAX_SIZE,
    onChange = () => {},
  }: ClusterParts = {},
): Promise<Prepared> {
  if (given.shared !== undefined)
    throw new BadUsage(
      'shared: objects that are shared stay on their machine; leave shared out, or on: a cluster',
    )
  // Those of the task that maps; later there may be another one.
  const locals = carriedLocals()
  const { made, engine } = await reach(source, url, seal, log)
  const { name, exportName, code, needs = [] } = made
  const settings = forMachines(given)
  const about = { name, exportName, encode, settings, version, needs, maxSize }
  const coordinator = new Coordinator(
    engine,
    {
      ...about,
      ...(isCommand(source) && { command: { isForShell: source.shell } }),
      ...(locals && { locals: packInputs('clone', locals) }),
    },
    code,
    log,
  )
  const { machines, shares } = coordinator
  const notices = new Notices(machines, () => shares.hasBegun, shown(url), onChange)
  return {
    name,
    isLocal: false,
    waiting: () => coordinator.waiting ?? notices.waiting,
    hire: events => new ClusterWorker(coordinator, encode, { ...events, log: (_id, text) => log(text) }),
    claim: file => coordinator.claim(file),
    plan: parts => new ClusterPlanner(parts, coordinator),
    explain: error => error,
    revive: error => (isRecord(error) ? reviveError(error) : error),
    dispose: () => {
      notices.end()
      void coordinator.end().finally(() => engine.close())
    },
  }
}

/** What each machine minds; the rest is minded here, for all of them. */
function forMachines({ timeout, memory, workers, batch, rate }: Partial<Settings>): Partial<Settings> {
  return {
    // What has waited for a machine does not begin all at once.
    ...(rate !== undefined && { rate }),
    ...(timeout !== undefined && { timeout }),
    ...(memory !== undefined && { memory }),
    ...(workers !== undefined && { workers }),
    ...(batch !== undefined && { batch }),
  }
}

function isRecord(error: unknown): error is ErrorRecord {
  return typeof error === 'object' && error !== null && !(error instanceof Error)
}

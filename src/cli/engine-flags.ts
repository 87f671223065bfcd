import type { Command } from 'commander'
import { sealFrom } from '../cluster/engine/key.js'
import type { Seal } from '../cluster/engine/seal.js'
import { BadUsage } from '../workers/bad-usage.js'
import { secrets } from './secrets.js'

export interface EngineFlags {
  readonly key?: string
}

export function addEngineFlags(command: Command): Command {
  return command.option(
    '--key <file>',
    'sign with the key in this file, and trust nothing else; or the key itself in OMAKASE_KEY',
  )
}

/** @throws {BadUsage} for a key that is none. */
export function sealOf({ key }: EngineFlags): Seal {
  return sealFrom({ file: key, key: secrets.key })
}

/** The address, where it was given; else, or by the word `redis`, that of the environment, which no list of processes shows. */
export function engineUrl(given: string | undefined): string {
  if (given !== undefined && given !== 'redis') return given
  if (secrets.url) return secrets.url
  throw new BadUsage('no engine: write its address, such as redis://10.0.0.5, or set OMAKASE_REDIS_URL')
}

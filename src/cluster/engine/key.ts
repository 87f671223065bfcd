import { readFileSync } from 'node:fs'
import { BadUsage } from '../../workers/bad-usage.js'
import { keySeal, NO_SEAL, type Seal } from './seal.js'

const SHORTEST = 16

export interface KeyFrom {
  /** A file with the key. */
  readonly file?: string | undefined
  /** The key itself, as `OMAKASE_KEY` gives it. */
  readonly key?: string | undefined
}

/**
 * What signs with the key of whoever uses the cluster; without a key, what signs nothing.
 *
 * @throws {BadUsage} where the file cannot be read, or the key is so short that it can be guessed.
 */
export function sealFrom({ file, key }: KeyFrom): Seal {
  if (file !== undefined) return keySeal(checked(read(file), `the key in ${file}`))
  return key === undefined || key === '' ? NO_SEAL : keySeal(checked(key.trim(), 'the key in OMAKASE_KEY'))
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message
    throw new BadUsage(`--key ${file}: ${why}; make one by: openssl rand -hex 32 > ${file}`)
  }
}

function checked(key: string, what: string): string {
  if (key.length >= SHORTEST) return key
  const is = key === '' ? 'is empty' : `has only ${key.length} characters`
  throw new BadUsage(`${what} ${is}: at least ${SHORTEST} are needed, such as openssl rand -hex 32 gives`)
}

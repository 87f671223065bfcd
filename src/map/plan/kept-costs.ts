import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { arch, cpus, hostname } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../../node/cache-folder.js'
import { cores } from '../../workers/cores.js'
import { type Costs, USUAL } from './costs.js'

/** Goes up where what is measured becomes something else. */
const VERSION = 1
/** Machines change under their name. */
const KEPT_MS = 30 * 24 * 3600 * 1000
/** A figure that is so many times what is usual, or less than that part of it, was measured in a bad moment. */
const ODD = 20

/** Of this process, where nothing can be kept. */
const unkept = new Map<string, Costs>()

/** What was measured on this machine; null where nothing was, or not lately, or by another Node. Never throws. */
export function keptCosts(folder = cacheFolder()): Costs | null {
  const file = fileIn(folder)
  try {
    const age = Date.now() - statSync(file).mtimeMs
    // A clock that was set back makes it young, not eternal.
    if (Math.abs(age) > KEPT_MS) return null
    const costs: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isSensible(costs) ? costs : null
  } catch {
    return unkept.get(file) ?? null
  }
}

/** Keeps them, at least as long as this process lasts; not where they cannot be true. Never throws. */
export function keepCosts(costs: Costs, folder = cacheFolder()): void {
  if (!isSensible(costs)) return
  const file = fileIn(folder)
  // Others may do the same at the same time.
  const early = `${file}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(early, `${JSON.stringify(costs)}\n`, { mode: 0o600 })
    renameSync(early, file)
  } catch {
    unkept.set(file, costs)
    removeQuietly(early)
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // A folder that is none.
  }
}

/** One file for each machine: a home folder may belong to several of them. */
function fileIn(folder: string): string {
  const machine = [hostname(), arch(), cpus()[0]?.model, cores(), process.version].join('\n')
  const name = createHash('sha256').update(machine).digest('hex').slice(0, 12)
  return join(folder, `costs-${VERSION}-${name}.json`)
}

function isSensible(costs: unknown): costs is Costs {
  if (typeof costs !== 'object' || costs === null) return false
  return Object.entries(USUAL).every(([name, usual]) => {
    const value: unknown = (costs as Record<string, unknown>)[name]
    return typeof value === 'number' && value > usual / ODD && value < usual * ODD
  })
}

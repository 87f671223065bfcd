import { createHash } from 'node:crypto'
import { type Need, packageOf } from '../../workers/load/need.js'

/** Packages that a machine may lack; `omakase` itself it always has. */
export function packagesOf(needs: readonly Need[]): Need[] {
  return needs.filter(({ specifier, isOptional }) => !isOptional && packageOf(specifier) !== 'omakase')
}

/** The queue of the machines that have them: others never take what they cannot run. */
export function queueFor(queue: string, needs: readonly Need[]): string {
  const packages = packagesOf(needs).map(({ by, specifier }) => `${by} ${specifier}`)
  if (packages.length === 0) return queue
  const sha = createHash('sha256').update(packages.sort().join('\n')).digest('hex')
  return `${queue}-with-${sha.slice(0, 12)}`
}

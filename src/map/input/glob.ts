import { isAbsolute } from 'node:path'
import { list } from './list.js'
import type { Source } from './source.js'

/** The paths of the files that match, sorted; relative to the current folder unless their pattern is absolute. */
export async function matching(patterns: readonly string[]): Promise<Source> {
  const absolute = patterns.filter(pattern => isAbsolute(pattern))
  const relative = patterns.filter(pattern => !isAbsolute(pattern))
  const { glob } = await import('tinyglobby')
  const found = await Promise.all([glob(absolute, { absolute: true }), glob(relative)])
  const paths = found.flat().sort()
  const said = patterns.map(pattern => `'${pattern}'`).join(' ')
  return list(
    paths.length,
    place => paths[place],
    paths.length > 0 ? [] : [`no file matches ${said}: 0 items`],
  )
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { folder } from '../../cli/support/folder.js'

/** A module of the test's own. */
export function moduleOf(t: TestContext, code: string, name = 'work.ts'): URL {
  const file = join(folder(t), name)
  writeFileSync(file, code)
  return pathToFileURL(file)
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A folder for one test, gone after it. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'omakase-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A file in a folder of its own; gives its path. */
export function tempFile(t: TestContext, name: string, content: string | Uint8Array): string {
  const path = join(tempFolder(t), name)
  writeFileSync(path, content)
  return path
}

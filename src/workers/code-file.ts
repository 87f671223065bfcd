import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The user's module on disk, for workers to import. */
export interface CodeFile {
  /** File URL of the module. */
  readonly url: string
  /** Takes it away again; also done when this process exits, and by the watchers when it was killed. */
  remove(): void
}

const folders = new Set<string>()

/** Writes the module into a temporary folder of its own: imported from there, it is cached and can be debugged. */
export function codeFile(code: string): CodeFile {
  const folder = mkdtempSync(join(tmpdir(), 'omakase-'))
  const file = join(folder, 'module.mjs')
  writeFileSync(file, code, { mode: 0o600 })
  if (folders.size === 0) process.on('exit', removeAll)
  folders.add(folder)
  return { url: pathToFileURL(file).href, remove: () => remove(folder) }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  folders.delete(folder)
  if (folders.size === 0) process.off('exit', removeAll)
}

function removeAll(): void {
  for (const folder of [...folders]) remove(folder)
}

import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { User } from './child.js'

/** The user's module on disk, for workers to import. */
export interface CodeFile {
  /** File URL of the module. */
  readonly url: string
  /** Takes it away again; also done when this process exits, and by the watchers when it was killed. */
  remove(): void
}

const folders = new Set<string>()

/**
 * Writes the module into a temporary folder of its own: imported from there, it is cached and can be debugged. It belongs to
 * `user`, who runs it, where that is somebody else.
 */
export function codeFile(code: string, user?: User): CodeFile {
  const folder = mkdtempSync(join(tmpdir(), 'omakase-'))
  const file = join(folder, 'module.mjs')
  writeFileSync(file, code, { mode: 0o600 })
  if (user !== undefined) for (const path of [file, folder]) chownSync(path, user.uid, user.gid)
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

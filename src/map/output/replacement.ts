import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * A new version of a file, in the same folder, that takes its place in one step: whenever the process is killed, the file
 * is either the old one or the new one.
 */
export class Replacement {
  readonly #path: string
  #file: FileHandle | undefined

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  static async open(path: string): Promise<Replacement> {
    const { mode } = await stat(path)
    return new Replacement(path, await open(beside(path), 'w', mode & 0o777))
  }

  /** Removes what a run that was killed left behind. */
  static async clear(path: string): Promise<void> {
    await rm(beside(path), { force: true })
  }

  async write(text: string): Promise<void> {
    await this.#file?.writeFile(text)
  }

  async commit(): Promise<void> {
    await this.#file?.sync()
    await rename(beside(this.#path), this.#path)
    await syncFolder(dirname(this.#path))
  }

  /** Removes the new version, unless it has taken its place. */
  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    await Replacement.clear(this.#path)
  }
}

function beside(path: string): string {
  return `${path}.omakase-retry`
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

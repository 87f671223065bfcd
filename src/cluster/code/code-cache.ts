import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { shaOf } from './sha.js'

const MOST_BYTES = 256 * 1024 * 1024

/** The code of runs on disk, by its sha-256: what a machine has run before, it does not fetch again. */
export class CodeCache {
  private readonly folder: string
  private readonly log: (line: string) => void
  private readonly most: number
  private hasComplained = false

  constructor(folder: string, log: (line: string) => void, most = MOST_BYTES) {
    this.folder = join(folder, 'code')
    this.log = log
    this.most = most
  }

  /** What is there under this name, or `undefined`; also where it is not what it was. */
  get(sha: string): string | undefined {
    try {
      const file = this.fileOf(sha)
      const code = readFileSync(file, 'utf8')
      if (shaOf(code) !== sha) return undefined
      const now = new Date()
      utimesSync(file, now, now)
      return code
    } catch {
      return undefined
    }
  }

  /** Keeps it, if that can be. */
  put(sha: string, code: string): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
      const file = this.fileOf(sha)
      // Others may read and write here at the same time.
      const early = `${file}.${process.pid}`
      try {
        writeFileSync(early, code, { mode: 0o600 })
        renameSync(early, file)
      } catch (error) {
        rmSync(early, { force: true })
        throw error
      }
      this.shrink(sha)
    } catch (error) {
      if (!this.hasComplained)
        this.log(
          `cannot keep code in ${this.folder}: ${(error as Error).message}; it is fetched for each run`,
        )
      this.hasComplained = true
    }
  }

  private fileOf(sha: string): string {
    return join(this.folder, `${sha}.mjs`)
  }

  /** The oldest go first, but not the one that has just come. */
  private shrink(newest: string): void {
    const files = readdirSync(this.folder).flatMap(name => {
      const stats = statSync(join(this.folder, name), { throwIfNoEntry: false })
      return stats === undefined ? [] : [{ name, size: stats.size, at: stats.mtimeMs }]
    })
    let bytes = files.reduce((sum, { size }) => sum + size, 0)
    for (const { name, size } of files.sort((a, b) => a.at - b.at)) {
      if (bytes <= this.most) return
      if (name.startsWith(newest)) continue
      rmSync(join(this.folder, name), { force: true })
      bytes -= size
    }
  }
}

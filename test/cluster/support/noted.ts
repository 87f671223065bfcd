import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { folder } from '../../cli/support/folder.js'
import { linesOf, notes } from '../../cli/support/journal.js'

/** A folder with a function `fn.ts` that leaves notes there, from whichever machine it runs on. Waiting ends with the test. */
export class Noted {
  readonly cwd: string
  private readonly t: TestContext

  constructor(t: TestContext, code: string) {
    this.cwd = folder(t)
    this.t = t
    const at = `${JSON.stringify(this.cwd)} + '/' + file`
    const head = `import { appendFileSync, existsSync, readFileSync } from 'node:fs'
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const note = (file: string, text: unknown) => appendFileSync(${at}, text + '\\n')
const isThere = (file: string) => existsSync(${at})
/** How many items have begun before this one, wherever: chunks may come out of order. */
const begin = (n: unknown, file = 'begun.txt') => {
  note(file, n)
  return readFileSync(${at}, 'utf8').split('\\n').indexOf(String(n))
}
`
    writeFileSync(join(this.cwd, 'fn.ts'), head + code)
  }

  get output(): string {
    return join(this.cwd, 'o.jsonl')
  }

  of(file: string): string[] {
    return notes(join(this.cwd, file))
  }

  /** Until so many notes are in the file. */
  async has(file: string, count: number): Promise<void> {
    while (this.of(file).length < count) await pause(5, undefined, { signal: this.t.signal })
  }

  /** Until so many lines have been written. */
  async written(count: number): Promise<void> {
    while (linesOf(this.output).length < count) await pause(5, undefined, { signal: this.t.signal })
  }

  /** Lets a function that waits for a file go on. */
  make(file: string): void {
    writeFileSync(join(this.cwd, file), '')
  }
}

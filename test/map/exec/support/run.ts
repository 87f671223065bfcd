import { readFileSync } from 'node:fs'
import type { CommandProcess, Start } from '#src/map/exec/process.js'

/** A command that is started, with all that is told of it. */
export class Run {
  readonly process: CommandProcess
  stdout = ''
  stderr = ''
  exit: [number | null, NodeJS.Signals | null] | null = null
  isClosed = false
  error: (Error & { readonly code?: string }) | null = null
  /** It has exited and its outputs are closed, or it has failed. */
  readonly ended: Promise<this>

  constructor(start: Start, words: readonly [string, ...string[]]) {
    const { promise, resolve } = withResolvers<this>()
    this.ended = promise
    const end = () => {
      if (this.error === null && (this.exit === null || !this.isClosed)) return
      this.process.close()
      resolve(this)
    }
    this.process = start(words, {
      stdout: chunk => {
        this.stdout += chunk
      },
      stderr: chunk => {
        this.stderr += chunk
      },
      exited: (...exit) => {
        this.exit = exit
        end()
      },
      closed: () => {
        this.isClosed = true
        end()
      },
      failed: error => {
        this.error = error
        end()
      },
    })
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>(given => {
    resolve = given
  })
  return { promise, resolve }
}

/** Whether it is there and no zombie, which waits in a container for somebody to look at it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('Z')
  } catch {
    return process.platform !== 'linux'
  }
}

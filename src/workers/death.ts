import type { End } from './carrier.js'
import { showBytes } from './show-bytes.js'

/** How the process of a worker ended. */
export interface Death {
  /**
   * `ended`: after `end()` or a failed load. `killed`: by `kill()`. `replaced`: it had grown past its memory, and went
   * between two items; what is unfinished was not begun. The others were not asked for.
   */
  readonly kind: 'ended' | 'killed' | 'replaced' | 'exit' | 'signal' | 'memory' | 'start'
  /** For people: "exited with code 3". Goes on from "the worker …". */
  readonly message: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last that it wrote to its standard error, at most 2,000 characters. */
  readonly stderrTail: string
  /** The calls without an outcome, in the order in which they were sent. */
  readonly unfinished: readonly number[]
  /** The call that is known to have held the event loop when it ended; a surer hint than the order. */
  readonly held: number | undefined
  /** Its neighbours in the same process died with it. */
  readonly isTogether?: boolean
}

/** The end of a worker that was asked for, and left nothing. */
export const ENDED: Death = {
  kind: 'ended',
  message: 'has ended',
  code: 0,
  signal: null,
  stderrTail: '',
  unfinished: [],
  held: undefined,
}

/** The worker died before it was ready, or while something waited for it. */
export class DeathError extends Error {
  override readonly name = 'DeathError'
  /** How it ended, and what it had not finished. */
  readonly death: Death

  constructor(death: Death) {
    super(`the worker ${death.message}`)
    this.death = death
  }
}

const OUT_OF_HEAP =
  /JavaScript heap out of memory|Reached heap limit|invalid table size|Committing semi space failed/

/** What an end that was not asked for was, and the words for it. */
export function judge({ code, signal, stderrTail, error, rss, isCut }: End): {
  kind: Death['kind']
  message: string
} {
  if (isCut) return { kind: 'signal', message: 'had closed its channel to its parent, and was killed' }
  if (rss !== undefined)
    return { kind: 'memory', message: `had grown to ${showBytes(rss)}, past its memory, and was killed` }
  if (error !== undefined && (error as { code?: string }).code !== 'ERR_WORKER_OUT_OF_MEMORY')
    return { kind: 'start', message: `could not be started: ${error.message}` }
  // A full heap ends in abort(): the signal says nothing, the last words do. 134 is abort() seen through a shell.
  const isAborted = signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134
  if (error !== undefined || (isAborted && OUT_OF_HEAP.test(stderrTail)))
    return { kind: 'memory', message: 'ran out of memory: its heap was full' }
  if (signal === 'SIGKILL')
    return { kind: 'signal', message: 'was killed by SIGKILL (often the system, when memory runs out)' }
  if (signal !== null) return { kind: 'signal', message: `was killed by ${signal}` }
  return { kind: 'exit', message: `exited with code ${code}` }
}

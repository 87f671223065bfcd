import type { ErrorRecord } from './errors/record.js'

/** Why a module cannot be used, as the worker found it. */
export interface LoadProblem {
  /**
   * `import`: it threw while it loaded. `missing`: it has no export of that name. `not-a-function`: it has one, of
   * another kind. `setup`: its `setup()` failed. `memory`: loading it has taken more than the worker may.
   */
  readonly stage: 'import' | 'missing' | 'not-a-function' | 'setup' | 'memory'
  /** What the entry made of what was thrown, for `import` and `setup`. */
  readonly error?: ErrorRecord
  /** The names that it exports. */
  readonly exports: readonly string[]
  /** What the export is instead of a function, in words: "a string", "a class". */
  readonly found?: string
  /** For `memory`, in bytes: what it had, and may have. */
  readonly rss?: number
  readonly memory?: number
}

/** The module was found and is not fit to be run; `problem` says how. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly problem: LoadProblem

  constructor(problem: LoadProblem) {
    super(`the module cannot be used (${problem.stage})`)
    this.problem = problem
  }
}

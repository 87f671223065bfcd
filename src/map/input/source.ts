/** One input, at its place over all sources. */
export interface Item {
  /** Counts from 0; empty lines take none. */
  readonly index: number
  readonly input: unknown
  /** The line of its file that it begins on, from 1. */
  readonly line?: number
  /** The item has failed before it ran, e.g. a line that is not JSON; `input` is then its raw text. */
  readonly problem?: Error
  /** So many deaths of a worker with nothing else in it are its own doing: 2 unless given. */
  readonly mostDeaths?: number
  /** It was executed elsewhere before: which execution comes next. */
  readonly attempt?: number
}

/** How far the inputs have been handed out. `total` is an estimate unless `exact`. */
export interface Progress {
  readonly done: number
  readonly total: number
  readonly exact: boolean
}

/** Inputs in chunks, each what one read gave. One use; `return()` ends a pending read and closes what is open. */
export interface Source extends AsyncIterable<readonly Item[]> {
  /** `undefined` where the total cannot be known, as for a pipe. */
  progress(): Progress | undefined
  /** What the user should be told before the run, one line each, such as a pattern without a match. */
  readonly notes?: readonly string[]
}

/** A chunk holds no more items than this, so that breaking off never leaves many unused ones behind. */
export const MAX_CHUNK = 1000

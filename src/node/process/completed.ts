import { combine } from '../../core/internal.js'
import { failed, type ProcessStatus } from '../errors.js'
import type { Capture } from './capture.js'
import type { Live } from './live.js'

/** What a subprocess, or several in a pipe, has left behind. */
export interface Completed extends ProcessStatus {
  /** What it wrote to its standard output, less the last newline; of a pipe, what the last one wrote. */
  readonly stdout: string
  /** The same as it came. */
  readonly bytes: Uint8Array
  /** How each part of a pipe ended; of a single command, that one. */
  readonly parts: readonly ProcessStatus[]
}

/** One command of a pipe while it runs. */
export interface Part {
  readonly live: Live
  readonly stderr: Capture
  /** Who read from it wanted no more: however it ends now, that is no failure. */
  wasCut: boolean
}

export function statusOf({ live, stderr }: Part): ProcessStatus {
  return live.status(stderr.text)
}

/** How each part ended. Throws what has failed. */
export function judged(parts: readonly Part[]): ProcessStatus[] {
  const errors = parts
    .filter(({ live, wasCut }) => live.hasFailed && live.spec.options.check !== false && !wasCut)
    .map(part => failed(statusOf(part)))
  if (errors.length > 0) throw combine(errors)
  return parts.map(statusOf)
}

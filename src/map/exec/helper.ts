import { perl } from './perl.js'
import { python } from './python.js'

/**
 * What a small process is written in that starts commands. To start one, Node copies the tables of all the memory that it
 * has: 1 to 2 ms for each command, on both sides of it. What copies a process of 5 MB takes a third, what copies nothing
 * a tenth.
 *
 * It is told by frames: length, kind, id, rest. `r`: run these words, NUL between them; `s`: send this signal to the
 * group; `c`: what it still writes is not wanted. It tells kind, id, number, length, bytes: see `spawner.ts`. That nobody
 * holds a command's outputs any more is told with its end or after it: to hear twice of each would cost twice.
 */
export interface Helper {
  readonly isHere: () => boolean
  /** `env` is what the commands shall have. */
  readonly start: (env: NodeJS.ProcessEnv) => {
    readonly program: string
    readonly args: readonly string[]
    readonly env: NodeJS.ProcessEnv
  }
}

/** Those that are on this machine, the cheapest first. */
export function helpers(): Helper[] {
  return [python, perl].filter(helper => helper.isHere())
}

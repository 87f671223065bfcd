import { setPriority } from 'node:os'
import { Child } from '../../workers/internal.js'
import type { Costs } from './costs.js'
import { keepCosts } from './kept-costs.js'

const ENTRY = new URL('../entry/costs.js', import.meta.url)
/** It takes about a second where nobody else wants the machine, and is given up after so long. */
const MOST_MS = 60_000
/** It gives way to whatever else wants to compute. */
const POLITE = 10

export interface Measuring {
  /** When they are kept, or could not be measured in time. Never rejects. */
  readonly done: Promise<void>
  end(): void
}

/** Measures what workers cost on this machine, in a process of its own, and keeps it; `isBeside` something else. */
export function measureHere(isBeside: boolean, folder?: string): Measuring {
  const child = new Child<never, Costs>(ENTRY)
  try {
    if (isBeside) setPriority(child.pid, POLITE)
  } catch {
    // Then it is a process as any other.
  }
  let timer: NodeJS.Timeout | undefined
  const done = new Promise<void>(resolve => {
    child.tell({
      message: measured => {
        keepCosts(measured, folder)
        child.kill()
      },
      output: () => {},
      holds: () => {},
      gone: () => resolve(),
    })
    timer = setTimeout(() => child.kill(), MOST_MS)
  })
  done.then(() => clearTimeout(timer))
  return { done, end: () => child.kill() }
}

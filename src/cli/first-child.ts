import { ENTRY } from '../map/worker-entry.js'
import { Child } from '../workers/child.js'

/** With these a run has no process of its own here, or another one. */
const WITHOUT = /^(--exec|--on|--help|-h)(=|$)/

let first: Child | undefined

/** The first worker's process starts while this one loads the command, which takes as long. */
export function startFirstChild(args: readonly string[]): void {
  if (args.length > 0 && !args.some(arg => WITHOUT.test(arg))) first = new Child(ENTRY)
}

/** For good: whoever takes it sees to its end. */
export function takeFirstChild(): Child | undefined {
  const child = first
  first = undefined
  return child
}

import { ENTRY } from '../map/worker-entry.js'
import { Child } from '../workers/child.js'

/** With these no module is run in a process of this one. */
const WITHOUT = /(^| )(--exec|--help|-h|--on[ =](?!(auto|loop|processes)( |$)))/

let first: Child | undefined

/** The first worker's process starts while this one loads the command, which takes as long. */
export function startFirstChild(args: readonly string[]): void {
  if (args.length > 0 && !WITHOUT.test(args.join(' '))) first = new Child(ENTRY)
}

/** For good: whoever takes it sees to its end. */
export function takeFirstChild(): Child | undefined {
  const child = first
  first = undefined
  return child
}

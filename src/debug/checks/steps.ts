import type { Task } from '../../core/index.js'
import { at, report } from '../report.js'
import { type Watchdog, watchdog } from '../watchdog.js'

/** Reports steps that keep the event loop from turning: when they have ended, and while they last. */
export function watchSteps(slowStep: number, spawned: (task: Task<unknown>) => string | undefined) {
  const dog: Watchdog | null = watchdog(slowStep)
  // One inside the other, where a contestant takes its first step in place.
  const starts: number[] = []
  return {
    beforeStep(task: Task<unknown>): void {
      starts.push(performance.now())
      dog?.begin(task)
    },
    afterStep(task: Task<unknown>): void {
      const start = starts.pop()
      // Turned on in the middle of this step.
      if (start === undefined) return
      const took = performance.now() - start
      dog?.end()
      if (took < slowStep) return
      report(
        `Executing "${task.name}" #${task.id} took ${(took / 1000).toFixed(3)} seconds${at('spawned', spawned(task))}; nothing else could run meanwhile`,
      )
      // The outer one has waited, and not worked.
      for (const nth of starts.keys()) starts[nth]! += took
    },
    stop: () => dog?.stop(),
  }
}

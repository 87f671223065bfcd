import type { TaskImpl } from '../core/internal.js'
import { watchRoots } from './conductor.js'
import { LeakError } from './errors.js'
import { waitingOf } from './waiting.js'

/** Tests that run now; they are roots, too. */
const tests = new Set<LeakCheck>()

/** Notes the roots that are started while one test runs. */
export class LeakCheck {
  private readonly test: TaskImpl
  private readonly roots = new Set<TaskImpl>()
  private readonly stop: () => void
  /** Where several tests run at once, only those by the clock of this one are known to be its own. */
  private alone: boolean

  constructor(test: TaskImpl) {
    this.test = test
    this.alone = tests.size === 0
    for (const other of tests) other.alone = false
    tests.add(this)
    this.stop = watchRoots(root => {
      if (root.id > test.id) this.roots.add(root)
    })
  }

  /** Cancels what is left, and gives the error that names it. */
  end(): LeakError | undefined {
    this.stop()
    tests.delete(this)
    const left = [...this.roots]
      .filter(root => root.state === 'waiting' || root.state === 'ready')
      .filter(root => this.alone || root.timers === this.test.timers)
      .map(waitingOf)
    for (const { task } of left) task.cancel('the test has ended')
    return left.length === 0 ? undefined : new LeakError(left)
  }
}

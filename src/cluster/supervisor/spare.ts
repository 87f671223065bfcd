import { ENTRY } from '../../map/worker-entry.js'
import { Child, type Surroundings } from '../../workers/internal.js'

/**
 * A process of a machine that has nothing to do: the next run finds it started, and only has it load the function. It
 * sleeps until then.
 */
export class Spare {
  private readonly surroundings: Surroundings
  private child: Child | undefined

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings
  }

  /** Sees to it that there is one. */
  start(): void {
    if (this.child !== undefined) return
    const child = new Child(ENTRY, this.surroundings)
    this.child = child
    child.tell({
      message: () => {},
      output: () => {},
      holds: () => {},
      gone: () => {
        if (this.child === child) this.child = undefined
      },
    })
  }

  /** For good; `undefined` where there is none. */
  take(): Child | undefined {
    const { child } = this
    this.child = undefined
    return child
  }

  end(): void {
    this.take()?.kill()
  }
}

import { Child, type Surroundings } from './child.js'

/** A process that has nothing to do yet: who needs one more finds it started. It sleeps until then. */
export class Spare {
  private readonly entry: URL
  private readonly surroundings: Surroundings | undefined
  private child: Child | undefined

  constructor(entry: URL, surroundings?: Surroundings) {
    this.entry = entry
    this.surroundings = surroundings
  }

  get isThere(): boolean {
    return this.child !== undefined
  }

  /** Sees to it that there is one. */
  start(): void {
    if (this.child !== undefined) return
    const child = new Child(this.entry, this.surroundings)
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

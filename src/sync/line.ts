import { Queued, WaitQueue } from '../core/internal.js'

/** Those who wait at something that tasks share, first come first served. */
export class Line<T = void, O extends Turn<T> = Turn<T>> extends WaitQueue<O> {
  /** Lets somebody through at once, with the turn's `value` set, or answers false. */
  readonly admit: (turn: O) => boolean
  /** What is waited for, in words. */
  readonly describe: () => string

  constructor(admit: (turn: O) => boolean, describe: () => string) {
    super()
    this.admit = admit
    this.describe = describe
  }
}

/** Waits in a line. */
export class Turn<T = void> extends Queued<T> {
  private readonly line: Line<T, any>

  constructor(line: Line<T, any>) {
    super()
    this.line = line
  }

  begin(): boolean {
    if (this.line.admit(this)) return true
    this.line.add(this)
    return false
  }

  withdraw(): boolean {
    this.line.remove(this)
    return true
  }

  describe(): string {
    return this.line.describe()
  }
}

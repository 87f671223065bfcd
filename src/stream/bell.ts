import { Operation, type TaskImpl } from '../core/internal.js'

/**
 * One task waits for it, others ring. Ringing where nobody waits is kept for the next wait, which may therefore find
 * nothing to do: it is waited for in a loop.
 */
export class Bell {
  private readonly what: string
  /** The tasks that may ring; null where something outside of the program's tasks does. */
  readonly ringers: () => readonly TaskImpl[] | null
  private waiting: Rung | null = null
  private isRung = false

  constructor(what: string, ringers: () => readonly TaskImpl[] | null) {
    this.what = what
    this.ringers = ringers
  }

  wait(): Rung {
    return new Rung(this)
  }

  ring(): void {
    if (this.waiting === null) this.isRung = true
    else this.waiting.grant()
  }

  /** @internal */
  begin(rung: Rung): boolean {
    const { isRung } = this
    this.isRung = false
    if (!isRung) this.waiting = rung
    return isRung
  }

  /** @internal */
  end(): void {
    this.waiting = null
  }

  describe(): string {
    return this.what
  }
}

class Rung extends Operation<void> {
  private readonly bell: Bell

  constructor(bell: Bell) {
    super()
    this.bell = bell
  }

  begin(): boolean {
    return this.bell.begin(this)
  }

  withdraw(): boolean {
    this.bell.end()
    return true
  }

  override heldBy(): readonly TaskImpl[] | null {
    return this.bell.ringers()
  }

  override grant(): void {
    this.bell.end()
    super.grant(undefined)
  }

  describe(): string {
    return this.bell.describe()
  }
}

/** The lock that one would write by hand for promises: first come, first served, and handed over. */
export class AsyncLock {
  private isHeld = false
  private readonly waiting: (() => void)[] = []

  acquire(): Promise<void> | undefined {
    if (this.isHeld) return new Promise(resolve => this.waiting.push(resolve))
    this.isHeld = true
    return undefined
  }

  release(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.isHeld = false
    else next()
  }
}

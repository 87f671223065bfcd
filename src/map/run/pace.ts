/** Spaces attempts evenly: `perSecond` of them, and never a burst to make up for a pause. */
export class Pace {
  private readonly interval: number
  private next = 0

  constructor(perSecond: number) {
    this.interval = 1000 / perSecond
  }

  /** How many may start now. */
  allowed(now: number): number {
    if (now < this.next) return 0
    return this.next === 0 ? 1 : 1 + Math.floor((now - Math.max(this.next, now - 1)) / this.interval)
  }

  started(count: number, now: number): void {
    this.next = Math.max(this.next, now - 1) + count * this.interval
  }

  /** Milliseconds until one may start. */
  wait(now: number): number {
    return Math.max(0, this.next - now)
  }
}

import type { Clock } from 'omakase'

/** A clock that jumps to what comes next, when it is told to. */
export class SteppingClock implements Clock {
  readonly resolution = 0
  private time = 0
  private armed: { at: number; fire: () => void } | undefined
  private readonly events: { at: number; happen: () => void }[] = []

  now(): number {
    return this.time
  }

  arm(at: number, fire: () => void): void {
    this.armed = { at, fire }
  }

  disarm(): void {
    this.armed = undefined
  }

  /** Something from outside of any task. */
  after(ms: number, happen: () => void): void {
    this.events.push({ at: this.time + ms, happen })
    this.events.sort((a, b) => a.at - b.at)
  }

  /** Goes on to the next moment at which anything happens; false where nothing is left to come. */
  step(): boolean {
    const next = Math.min(this.armed?.at ?? Infinity, this.events[0]?.at ?? Infinity)
    if (next === Infinity) return false
    this.time = Math.max(this.time, next)
    while (this.events.length > 0 && this.events[0]!.at <= this.time) this.events.shift()!.happen()
    const { armed } = this
    if (armed !== undefined && armed.at <= this.time) {
      this.armed = undefined
      armed.fire()
    }
    return true
  }
}

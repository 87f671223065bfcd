/** So many at most: then every second one goes, and they are taken half as often. */
const MOST = 600
const FIRST_EVERY_MS = 100

/** How a run stood at a moment, counted from its beginning. */
export interface Sample {
  /** Milliseconds since the run began. */
  readonly at: number
  readonly ok: number
  readonly failed: number
  readonly running: number
  readonly workers: number
}

/** Samples of a run of any length in constant memory. */
export class Samples {
  everyMs = FIRST_EVERY_MS
  list: Sample[] = []

  add(sample: Sample): void {
    this.list.push(sample)
    if (this.list.length < MOST) return
    this.list = this.list.filter((_, i) => i % 2 === 1)
    this.everyMs *= 2
  }
}

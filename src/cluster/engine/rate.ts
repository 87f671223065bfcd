/** A rate is that of the last few seconds. */
const WINDOW_MS = 5000

/** How fast something that counts up does so. */
export class Rate {
  private readonly marks = [{ at: performance.now(), done: 0 }]

  /** A second, with what has been counted by now. */
  of(done: number): number {
    const { marks } = this
    const now = performance.now()
    marks.push({ at: now, done })
    while (marks.length > 2 && now - marks[0]!.at > WINDOW_MS) marks.shift()
    const first = marks[0]!
    return now > first.at ? (1000 * (done - first.done)) / (now - first.at) : 0
  }
}

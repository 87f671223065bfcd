/** What is to happen, the soonest first. */
export class Agenda {
  private readonly times: number[] = []
  private readonly deeds: (() => void)[] = []

  get size(): number {
    return this.times.length
  }

  get next(): number {
    return this.times[0] ?? Infinity
  }

  add(time: number, deed: () => void): void {
    const { times, deeds } = this
    let at = times.length
    while (at > 0) {
      const above = (at - 1) >> 1
      if (times[above]! <= time) break
      times[at] = times[above]!
      deeds[at] = deeds[above]!
      at = above
    }
    times[at] = time
    deeds[at] = deed
  }

  take(): () => void {
    const { times, deeds } = this
    const first = deeds[0]!
    const time = times.pop()!
    const deed = deeds.pop()!
    const { length } = times
    if (length === 0) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= length) break
      if (below + 1 < length && times[below + 1]! < times[below]!) below++
      if (times[below]! >= time) break
      times[at] = times[below]!
      deeds[at] = deeds[below]!
      at = below
    }
    times[at] = time
    deeds[at] = deed
    return first
  }
}

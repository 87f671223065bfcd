/** Four buckets to each doubling, from a microsecond to a good day. */
const PER_DOUBLING = 4
const FIRST_MS = 0.001
const BUCKETS = 37 * PER_DOUBLING

/** How many items took how long, in little memory. */
export class Histogram {
  private readonly counts = new Float64Array(BUCKETS)

  add(ms: number): void {
    const at = ms <= FIRST_MS ? 0 : Math.floor(Math.log2(ms / FIRST_MS) * PER_DOUBLING)
    this.counts[Math.min(BUCKETS - 1, at)]!++
  }

  /** Those between the first and the last that are not empty: up to so many milliseconds, so many items. */
  get bars(): readonly { readonly toMs: number; readonly items: number }[] {
    const first = this.counts.findIndex(items => items > 0)
    if (first < 0) return []
    const last = this.counts.findLastIndex(items => items > 0)
    return [...this.counts.subarray(first, last + 1)].map((items, i) => ({ toMs: upper(first + i), items }))
  }

  /** Milliseconds within which this share of the items ended, to a sixth. */
  quantile(share: number): number {
    const total = this.counts.reduce((sum, items) => sum + items, 0)
    let seen = 0
    for (let at = 0; at < BUCKETS; at++) {
      seen += this.counts[at]!
      if (seen > 0 && seen >= total * share) return upper(at)
    }
    return 0
  }
}

function upper(at: number): number {
  return FIRST_MS * 2 ** ((at + 1) / PER_DOUBLING)
}

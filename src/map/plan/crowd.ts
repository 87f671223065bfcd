/** Items of a crowd that take so many times as long as one that was almost alone may be in each other's way. */
export const SLOWER = 1.3
/** So long after the first end, in times of one that was almost alone, there is a line if so many times as few of the later ones have ended. */
const FAR = 2
const MOST_OF_IT = 7 / 8
/** So many of those that came last must have ended before they are said to be as quick as others. */
const SOME_OF_IT = 1 / 16
/** Where at the same age so many of the later ones have ended as of the earlier, none is in the way of others. */
const AS_MANY = 0.8

/** `in line`: those that came first end first, so many in a millisecond. `unclear`: it is seen when it fills the place. */
export type Verdict =
  | { readonly kind: 'harmless' | 'unclear' }
  | { readonly kind: 'in line'; readonly rate: number }

/**
 * Those that were let in before anything was known; as they end it is seen what they do to each other. How long they take
 * says little where they differ by nature; but the half that came last differs just as the half that came first.
 */
export class Crowd {
  private readonly size: number
  /** Milliseconds that those took which have ended: of those that came when not even half of all were there, and of the others. */
  private readonly early: number[] = []
  private readonly late: number[] = []
  /** Of the late, how many were as quick as if they had been alone. */
  private quick = 0
  private firstEnd = 0
  /** When the last of them began, if it was a late one. */
  private lastBegan = 0

  constructor(size: number) {
    this.size = size
  }

  get ended(): number {
    return this.early.length + this.late.length
  }

  /** Its first half is not followed by others before it is judged; what takes an hour does not keep out more than that. */
  get unfollowed(): number {
    return Math.min(this.ended, this.size / 2)
  }

  /** One has begun at `now` as one of `among`; those that begin after the first end follow others, and the crowd is complete. */
  started(now: number, among: number): void {
    if (this.firstEnd === 0 && among > this.size / 2) this.lastBegan = now
  }

  /** One has ended that had begun as one of `among`; one that is almost alone takes `aloneMs`. Undefined: it is not known yet. */
  saw(began: number, now: number, among: number, aloneMs: number): Verdict | undefined {
    const isLate = among > this.size / 2
    ;(isLate ? this.late : this.early).push(now - began)
    if (among <= 1) return undefined
    if (this.firstEnd === 0) this.firstEnd = now
    if (isLate && began < this.firstEnd && now - began <= aloneMs * SLOWER) this.quick++
    const some = this.size * SOME_OF_IT
    if (this.quick >= some) return { kind: 'harmless' }
    if (this.lastBegan > 0) {
      const age = now - this.lastBegan
      const early = within(this.early, age)
      const late = within(this.late, age)
      if (late >= some && late >= early * AS_MANY) return { kind: 'harmless' }
      const ms = now - this.firstEnd
      if (ms > aloneMs * FAR && early >= some && late * FAR < early)
        return { kind: 'in line', rate: this.ended / ms }
    }
    return this.ended < this.size * MOST_OF_IT ? undefined : { kind: 'unclear' }
  }
}

function within(times: readonly number[], ms: number): number {
  return times.reduce((count, time) => (time <= ms ? count + 1 : count), 0)
}

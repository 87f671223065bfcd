/** Items of a crowd that take so many times as long as one that was almost alone may be in each other's way. */
export const SLOWER = 1.3
/** After so many times that time, and where the second half of them is so many times behind, it is not waited for the others. */
const FAR = 2
const MOST_OF_IT = 7 / 8
/** Where so many of those that came last are as quick as one that was almost alone, none is in the way of others. */
const SOME_OF_IT = 1 / 16

/** `in line`: those that came first end first, so many in a millisecond. `unclear`: it is seen when it fills the place. */
export type Verdict =
  | { readonly kind: 'harmless' | 'unclear' }
  | { readonly kind: 'in line'; readonly rate: number }

/** Those that were let in before anything was known; as they end it is seen what they do to each other. */
export class Crowd {
  private readonly size: number
  ended = 0
  /** Of these, how many had come when half of all were there. */
  private late = 0
  /** And of those, how many were as quick as if they had been alone. */
  private quick = 0
  private firstEnd = 0
  private ms = 0

  constructor(size: number) {
    this.size = size
  }

  /** Its first half is not followed by others before it is judged; what takes an hour does not keep out more than that. */
  get unfollowed(): number {
    return Math.min(this.ended, this.size / 2)
  }

  /** One has ended that had begun as one of `among`; one that is almost alone takes `aloneMs`. Undefined: it is not known yet. */
  saw(began: number, now: number, among: number, aloneMs: number): Verdict | undefined {
    this.ended++
    this.ms += now - began
    if (among <= 1) return undefined
    if (this.firstEnd === 0) this.firstEnd = now
    if (among > this.size / 2) {
      this.late++
      const isQuick = began < this.firstEnd && now - began <= aloneMs * SLOWER
      if (isQuick && ++this.quick >= this.size * SOME_OF_IT) return { kind: 'harmless' }
    }
    const ms = now - this.firstEnd
    if (ms > aloneMs * FAR && this.late * FAR < this.ended - this.late)
      return { kind: 'in line', rate: this.ended / ms }
    if (this.ended < this.size * MOST_OF_IT) return undefined
    const isHarmless = ms <= aloneMs && this.ms / this.ended <= aloneMs * SLOWER
    return { kind: isHarmless ? 'harmless' : 'unclear' }
  }
}

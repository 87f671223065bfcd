/** Numbers that look random and follow from a seed. */
export class Random {
  private state: number

  constructor(seed: number) {
    // Neighbouring seeds should not give neighbouring numbers.
    this.state = Math.imul(seed + 1, 0x9e3779b1) ^ Math.floor(seed / 2 ** 32)
    for (let i = 0; i < 4; i++) this.next()
  }

  /** From 0 up to 1, without it. */
  readonly next = (): number => {
    this.state = (this.state + 0x6d2b79f5) | 0
    let x = this.state
    x = Math.imul(x ^ (x >>> 15), x | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }
}

const platformRandom = Math.random

/** What the tasks draw by themselves, such as the jitter of a `retry`, is a part of the schedule, too. */
export function drawing(random: Random, fn: () => void): void {
  if (Math.random !== platformRandom) {
    fn()
    return
  }
  Math.random = random.next
  try {
    fn()
  } finally {
    if (Math.random === random.next) Math.random = platformRandom
  }
}

/** Numbers that look random and follow from a seed. */
export class Random {
  private state: number

  constructor(seed: number) {
    // Neighbouring seeds should not give neighbouring programs.
    this.state = Math.imul(seed + 1, 0x9e3779b1) | 0
    for (let i = 0; i < 4; i++) this.next()
  }

  /** From 0 up to 1, without it. */
  next(): number {
    let x = this.state || 1
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.state = x
    return (x >>> 0) / 2 ** 32
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of the keys, each as often as its weight says. */
  weighted<K extends string>(weights: Partial<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][]
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [key, weight] of entries) {
      left -= weight
      if (left < 0) return key
    }
    return entries[0]![0]
  }
}

import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Random } from '#src/testing/random.js'

/** Something bad that can happen; false where there was nothing that it could have happened to. */
export type Blow = (random: Random) => boolean | Promise<boolean>

export interface Weather {
  /** Between two blows. */
  readonly everyMs: number
  /** How many there are at most. */
  readonly most?: number
  /** The same seed, the same blows; said when the test begins. */
  readonly seed: number
}

/** Blows that are drawn from a seed, one after the other, and counted. */
export class Storm {
  readonly counts = new Map<string, number>()
  private readonly random: Random
  private readonly names: readonly string[]
  private readonly blows: Readonly<Record<string, Blow>>
  private readonly weather: Weather

  /** A blow that stands in `often` is as many times as likely. */
  constructor(t: TestContext, blows: Readonly<Record<string, Blow>>, weather: Weather, often = {}) {
    this.random = new Random(weather.seed)
    this.blows = blows
    this.weather = weather
    const times: Readonly<Record<string, number>> = often
    this.names = Object.keys(blows).flatMap(name => Array(times[name] ?? 1).fill(name))
    t.diagnostic(`seed ${weather.seed}`)
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Until it is over, or all blows have been dealt. */
  async rage(isOver: () => boolean): Promise<void> {
    const { everyMs, most = Infinity } = this.weather
    while (this.total < most) {
      for (let waited = 0; waited < everyMs && !isOver(); waited += 20) await pause(20)
      if (isOver()) return
      const name = this.names[this.random.below(this.names.length)]!
      if (await this.blows[name]!(this.random)) this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
    }
  }

  toString(): string {
    return [...this.counts].map(([name, count]) => `${name}: ${count}`).join(', ')
  }
}

/** A number from the environment. */
export function setting(name: string, usual: number): number {
  return Number(process.env[name] ?? usual)
}

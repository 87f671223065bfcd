import { now } from '../../core/index.js'
import { delayOf } from '../../core/internal.js'
import { givenUp } from '../errors.js'
import type { Child, End } from './child.js'
import type { Policy } from './options.js'

/** How often, and how soon, children are started again. */
export class Pace {
  private readonly policy: Policy
  /** When there were restarts, as far as that matters still. */
  private restarts: number[] = []

  constructor(policy: Policy) {
    this.policy = policy
  }

  /** Throws where that is one too many. */
  count(child: Child, end: End): void {
    const { intensity, period } = this.policy
    if (intensity === Infinity) return
    const since = now() - period
    this.restarts = this.restarts.filter(at => at > since)
    if (this.restarts.length >= intensity) throw givenUp(child.name, intensity, period, end.failure?.error)
    this.restarts.push(now())
  }

  /** Milliseconds until the child is to be started: the more often it has ended soon, the longer. */
  delay(child: Child, { uptime }: End): number {
    const { period, pacing } = this.policy
    if (uptime >= Math.max(period, child.delay)) child.attempt = 0
    child.delay = delayOf(pacing, child.attempt++)
    return child.delay
  }
}

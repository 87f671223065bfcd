import { ById } from '../../workers/by-id.js'
import type { Loaded, Usage, Worker } from '../../workers/internal.js'
import type { Attempt } from './attempt.js'

/** One worker, and what it has been given. */
export class Lane {
  worker!: Worker
  readonly inFlight = new ById<Attempt>()
  /** Null until it is ready. */
  loaded: Loaded | null = null
  usage: Usage | null = null
  private first: Usage | null = null
  /** It gets nothing more, and ends. */
  isEnding = false
  /** A call that holds the event loop, as far as is known, and since when. */
  held: { readonly id: number; readonly since: number } | null = null
  /** The call for whose sake the worker is being killed. */
  guilty: number | null = null
  /** When its event loop was last known to turn. */
  heardAt = 0
  isPinged = false
  /** It is being killed since it does not answer. */
  isSilent = false
  /** Of the calls that it was sent last it tells each end at once. */
  isCareful = false

  told(usage: Usage): void {
    this.first ??= usage
    this.usage = usage
  }

  /** Share of the time since its first call ended in which its event loop was busy. */
  get busySoFar(): number {
    return this.first === null || this.usage === null ? 0 : busyBetween(this.first, this.usage)
  }

  heard(now: number): void {
    this.heardAt = now
    this.held = null
    this.isPinged = false
  }

  /** It runs a suspect, with nothing beside it. */
  get isAlone(): boolean {
    const { only } = this.inFlight
    return only !== undefined && this.inFlight.get(only)!.suspect
  }
}

/** Share of the time between in which the event loop was busy. */
export function busyBetween(from: Usage, to: Usage): number {
  const active = to.active - from.active
  return active / Math.max(1, active + to.idle - from.idle)
}

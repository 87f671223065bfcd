import { errorRecord } from '../../workers/errors/record.js'
import type { Outcome } from '../../workers/internal.js'
import type { Holding, Question } from '../engine/messages.js'
import { isDeadly } from './holders.js'
import { Killed } from './killed.js'
import type { OpenChunk, Published } from './published.js'

/** What has killed its machines is run in so many parts, each with nothing beside it. */
const PARTS = 64

/** Finds out which item it is that kills machines. */
export class Suspects {
  private readonly published: Published
  private readonly tell: (outcomes: Outcome[]) => void

  constructor(published: Published, tell: (outcomes: Outcome[]) => void) {
    this.published = published
    this.tell = tell
  }

  /** A machine that has lost a chunk to others lives. */
  lives({ chunk, token }: Holding): void {
    this.published.chunk(chunk)?.holders.lives(token)
  }

  /** Somebody has a chunk that others had before, or that is to run alone: gives what of it he is to run. */
  judge({ chunk: number, token, times }: Question, by: string): number[] {
    const chunk = this.published.chunk(number)
    if (chunk === undefined) return []
    const { isAlone, holders, left } = chunk
    holders.asked(by, token, times)
    const dead = holders.deadBut(token)
    if (isAlone && left === 1) {
      if (isDeadly(dead)) this.tell(this.published.idsOf(chunk).map(id => this.deadly(id, dead)))
    } else if (isAlone ? dead.length > 0 : holders.isSuspect) this.split(chunk)
    // A chunk that has been split is nobody's.
    return this.published.idsOf(chunk)
  }

  private split(chunk: OpenChunk): void {
    const { published } = this
    const calls = published.callsOf(published.idsOf(chunk))
    const size = Math.ceil(calls.length / PARTS)
    published.drop(chunk)
    for (let at = 0; at < calls.length; at += size) published.add(calls.slice(at, at + size), true)
  }

  private deadly(id: number, machines: readonly string[]): Outcome {
    const [call] = this.published.callsOf([id])
    const error = errorRecord(new Killed(machines))
    const attempt = call!.attempt + machines.length - 1
    return { id, ms: 0, attempt, ok: false, error, cancelled: false, isFinal: true }
  }
}

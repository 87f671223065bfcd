/**
 * How many items at once, for a function that waits. It opens by time until a first item has ended; what has been let in
 * by then is judged as it ends. Then comes a slow start behind a gate: the limit grows as long as more items at once bring
 * more items a second. Then it climbs in small steps, up or down, whichever brings more. An overload signal cuts it, once
 * for each round trip. That items take longer decides nothing alone: it misleads where inputs differ.
 */

import { Crowd, SLOWER, type Verdict } from './crowd.js'

export const START = 32
/** No more are begun before one has ended: nothing is known yet of what it does to the other side. */
export const OPENING_MOST = 256
/** Up to there the opening doubles, so often; then so many come each time, not so often: about one in a millisecond. */
const DOUBLED_TO = 128
const DOUBLING_MS = 15
const OPENING_STEP = 32
const OPENING_STEP_MS = 30
const MOST = 4096
/** A round that was given half as much again must bring so much more to pass the gate. */
const GAIN = 1.15
/** In slow start each item that ends lets so many more begin: a round trip makes four of one. */
const GROWTH = 3
const CUT = 0.7
/** Where less than this share of what runs is refused, in one round, it is not since there is too much of it. */
const RARE = 0.01
/** After a crowd that is in its own way no fewer are tried than these, since the first item may just have been an easy one. */
const LEAST_TRIED = 16
/** Fewer are kept where they bring almost as much: not where their times just differ. */
const ALMOST = 0.7
/** They are compared when no more of the crowd is left than this share of them. */
const FEW = 0.25
/** What is compared of the times of items is compared at about the same limit. */
const ABOUT = 1.3
/** The place counts as full with this share of the limit. */
const FULL = 0.8
/** One step of the climb. */
const STEP = 0.1
/** Busier than that, the loop is what bounds it, and more items at once only stand in its line. */
const FROZEN_ABOVE = 0.8
/** Items that take so many times as long, or as short, as when the slow start was over are other items. */
const OTHER = 2

export interface LimitOptions {
  readonly start?: number
  readonly most?: number
  /** It does not grow while the event loop is busier than that. */
  readonly frozenAbove?: number
  /** Somebody has chosen it; nothing changes it. */
  readonly isFixed?: boolean
  /** Milliseconds that an item took with nothing, or little, beside it. */
  readonly aloneMs?: number
}

export interface LimitChange {
  readonly at: number
  readonly value: number
  readonly why:
    | 'more at once brought more'
    | 'more at once brought no more'
    | 'fewer at once brought more'
    | 'overload'
    | 'the items have changed'
}

export class Limit {
  readonly changes: LimitChange[] = []
  private readonly isFixed: boolean
  private readonly frozenAbove: number
  private limit: number
  private most: number
  private isSlowStart = true
  private direction = 1
  /** The round that is being measured. */
  private roundBegan = 0
  private roundLimit: number
  private ended = 0
  /** The last one, to compare with. */
  private lastRate = 0
  private lastLimit = 0
  private lastCut = -Infinity
  /** What the limit was before the last cut: half the way back is gone at once, the rest with care. */
  private beforeCut = 0
  private roundStarted = 0
  /** Milliseconds that the items of this round have taken, all together; and one of them, when the slow start was over. */
  private roundMs = 0
  private calmMs = 0
  private calmMost = 0
  private calmBusy = 0
  /** The most that ran at once in this round; more than the limit where that has just been cut. */
  private roundMost = 0
  private roundItems = 0
  /** Of those that began in it when the place was full. */
  private quickestMs = Infinity
  /** Those of this round that were told that they are too much. */
  private refusals = 0
  private aloneMs: number
  /** Many were let in at once before anything was known: nothing grows until it is seen what they do to each other. */
  private crowd: Crowd | null
  private isUnclear = false
  /** Fewer are tried; first most of the crowd must end. */
  private trial: 'begins' | 'counts' | null = null
  private trialBegan = 0
  private crowdLeft = 0

  constructor({
    start = START,
    most = MOST,
    isFixed = false,
    frozenAbove = FROZEN_ABOVE,
    aloneMs = 0,
  }: LimitOptions = {}) {
    this.isFixed = isFixed
    this.frozenAbove = frozenAbove
    this.aloneMs = aloneMs
    this.crowd = start > START && aloneMs > 0 ? new Crowd(start) : null
    this.limit = start
    this.most = most
    this.roundLimit = start
  }

  get value(): number {
    return Math.max(1, Math.floor(this.limit - (this.crowd?.unfollowed ?? 0)))
  }

  /** More, as long as none has ended; undefined where that is over. */
  open(): number | undefined {
    if (this.isFixed || this.roundBegan !== 0 || !this.isSlowStart || this.limit >= OPENING_MOST)
      return undefined
    this.limit = this.roundLimit = Math.min(this.most, opened(this.limit))
    this.crowd = new Crowd(this.value)
    return this.value
  }

  /** An item began at `now`, as one of `among`. */
  started(now: number, among: number): void {
    this.crowd?.started(now, among)
  }

  /**
   * An item ended at `now` that had begun at `began`, when it was one of `among`; `busy` is the share of its time that the
   * loop was busy, 0 where that is not known yet, and `busySoFar` that since the first item ended.
   */
  finished(
    began: number,
    now: number,
    inFlight: number,
    busy: number,
    among = Infinity,
    busySoFar = busy,
  ): void {
    if (this.isFixed) return
    if (this.roundBegan === 0) this.beginRound(began)
    if (this.aloneMs === 0) this.aloneMs = now - began
    if (began < this.trialBegan) this.crowdLeft--
    if (this.crowd !== null) {
      const verdict = this.crowd.saw(began, now, among, this.aloneMs)
      if (verdict === undefined) return
      // A line that has formed since then may be the loop's own.
      this.heed(verdict, now, inFlight, verdict.kind === 'harmless' ? busy : Math.max(busy, busySoFar))
      return
    }
    this.ended++
    this.roundMost = Math.max(this.roundMost, inFlight)
    if (began >= this.roundStarted) {
      this.roundMs += now - began
      this.roundItems++
      if (among >= this.roundLimit * FULL) this.quickestMs = Math.min(this.quickestMs, now - began)
    }
    // Items that began together end together: at the last of them next to nothing is in flight.
    const isFull = this.roundMost >= this.roundLimit * FULL
    if (this.isSlowStart && !this.isUnclear && this.trial === null && isFull && busy < this.frozenAbove)
      this.grow(1)
    // A round is as long as items take that began in it, and as many as run at once.
    if (this.ended < this.roundLimit || began < this.roundStarted) return
    const rate = this.ended / Math.max(0.001, now - this.roundBegan)
    this.judge(rate, now, inFlight, busy, isFull)
  }

  /** An item that began at `began` was told that it is too much. */
  refused(began: number, now: number, inFlight: number): void {
    this.refusals++
    // A few among a thousand have reasons of their own.
    if (this.refusals >= inFlight * RARE) this.overloaded(began, now, inFlight, false)
  }

  /** What began at `began` was too much; `isCeiling`: this side can bear no more at all. */
  overloaded(began: number, now: number, inFlight: number, isCeiling: boolean): void {
    // What began before the last cut says nothing about what is asked since.
    if (this.isFixed || began <= this.lastCut) return
    this.lastCut = now
    this.beforeCut = Math.min(this.limit, Math.max(inFlight, this.roundMost))
    this.isSlowStart = this.isUnclear = false
    this.crowd = this.trial = null
    this.limit = Math.max(1, Math.min(this.limit, Math.max(inFlight, this.roundMost)) * CUT)
    if (isCeiling) this.most = this.value
    this.direction = 1
    this.lastRate = 0
    this.note(now, 'overload')
    this.beginRound(now)
  }

  /** So many of those that run have been lost with their worker. */
  lost(count: number): void {
    this.crowdLeft -= count
  }

  private judge(rate: number, now: number, inFlight: number, busy: number, isFull: boolean): void {
    const before = { rate: this.lastRate, limit: this.lastLimit }
    if (this.trial !== 'begins') {
      this.lastRate = rate
      this.lastLimit = this.roundLimit
    }
    const itemMs = this.roundMs / Math.max(1, this.roundItems)
    const { isUnclear } = this
    this.isUnclear = false
    if (this.trial === 'begins') {
      if (this.crowdLeft <= this.roundLimit * FEW) this.trial = 'counts'
    } else if (this.trial === 'counts') this.judgeFewer(rate, before, now)
    else if (busy >= this.frozenAbove) {
      // What bounds it is the loop: nothing is learnt of the other side.
    } else if (isUnclear && this.quickestMs > this.aloneMs * SLOWER) this.tryFewer(rate, now, inFlight)
    else if (this.isSlowStart) this.gate(rate, before, now)
    else if (isFull) this.isOther(itemMs, busy) ? this.startAnew(now) : this.climb(rate, before, now)
    this.beginRound(now)
  }

  /** So many have ended: a round trip makes four of one. */
  private grow(ended: number): void {
    const most = Math.min(this.most, (1 + GROWTH) * this.roundLimit)
    this.limit = Math.max(this.limit, Math.min(most, this.limit + GROWTH * ended))
  }

  private gate(rate: number, before: { rate: number; limit: number }, now: number): void {
    // Where no more were let in, since the loop had been busy, a slower round says nothing of how many there should be.
    if (before.rate === 0 || this.roundLimit <= before.limit || rate >= before.rate * GAIN) {
      if (this.limit > this.roundLimit) this.note(now, 'more at once brought more')
      return
    }
    this.isSlowStart = false
    this.limit = Math.max(1, before.limit)
    this.lastRate = before.rate
    this.lastLimit = before.limit
    this.direction = -1
    this.note(now, 'more at once brought no more')
  }

  private heed(verdict: Verdict, now: number, inFlight: number, busy: number): void {
    const { ended } = this.crowd!
    this.crowd = null
    // Where the loop bounds it nothing is learnt of the other side.
    if (busy < this.frozenAbove) {
      if (verdict.kind === 'in line') this.tryFewer(verdict.rate, now, inFlight)
      else if (verdict.kind === 'harmless') this.grow(ended)
      else this.isUnclear = true
    }
    this.beginRound(now)
  }

  /** As many as would be served at the same time, if what the others took was waiting. */
  private tryFewer(rate: number, now: number, inFlight: number): void {
    this.trial = 'begins'
    this.trialBegan = now
    this.crowdLeft = inFlight - 1
    this.lastRate = rate
    this.lastLimit = this.roundLimit
    this.limit = Math.min(this.limit, Math.max(LEAST_TRIED, rate * this.aloneMs))
  }

  private judgeFewer(rate: number, before: { rate: number; limit: number }, now: number): void {
    this.trial = null
    if (rate < before.rate * ALMOST) {
      this.limit = before.limit
      return
    }
    this.isSlowStart = false
    this.note(now, 'fewer at once brought more')
  }

  /**
   * That items take longer says nothing of how many there should be; but where they take much longer, or shorter, than
   * those for which the limit was found, at about this limit, it has to be found again.
   */
  private isOther(itemMs: number, busy: number): boolean {
    const isAbout = this.roundMost <= this.calmMost * ABOUT && this.roundMost * ABOUT >= this.calmMost
    if (this.calmMs === 0 || !isAbout) {
      this.calmMs = itemMs
      this.calmMost = this.roundMost
      this.calmBusy = busy
      return false
    }
    // After a refusal nothing leaps any more: items that are refused end soon, and look like others.
    const wasRefused = this.lastCut !== -Infinity
    if (wasRefused) return false
    // A loop that was full may have been compiling, for which its items waited: that they are shorter now is nothing new.
    const isShorter = this.calmBusy < this.frozenAbove && itemMs * OTHER < this.calmMs
    return isShorter || itemMs > this.calmMs * OTHER
  }

  private startAnew(now: number): void {
    this.isSlowStart = true
    this.calmMs = 0
    this.lastRate = 0
    this.note(now, 'the items have changed')
  }

  private climb(rate: number, before: { rate: number; limit: number }, now: number): void {
    const brought = before.rate === 0 || rate > before.rate * 1.02
    const kept = rate >= before.rate * 0.98
    // Fewer that bring as much are better; more have to bring more.
    if (!brought && !(kept && this.direction < 0)) this.direction = -this.direction
    const wayBack = this.direction > 0 ? (this.beforeCut - this.limit) / 2 : 0
    const step = Math.max(1, this.limit * STEP, wayBack) * this.direction
    this.limit = Math.min(this.most, Math.max(1, this.limit + step))
    if (brought && before.rate > 0)
      this.note(now, this.direction > 0 ? 'more at once brought more' : 'fewer at once brought more')
  }

  private beginRound(now: number): void {
    this.roundBegan = now
    this.roundStarted = now
    this.roundLimit = this.value
    this.ended = 0
    this.roundMs = 0
    this.roundItems = 0
    this.quickestMs = Infinity
    this.roundMost = 0
    this.refusals = 0
  }

  private note(at: number, why: LimitChange['why']): void {
    if (this.changes.length < 1000) this.changes.push({ at, value: this.value, why })
  }
}

/** How many are let in next where so many are, and none has ended. */
export function opened(count: number): number {
  return Math.min(OPENING_MOST, count < DOUBLED_TO ? count * 2 : count + OPENING_STEP)
}

/** Milliseconds until then. */
export function openingPause(count: number): number {
  return count < DOUBLED_TO ? DOUBLING_MS : OPENING_STEP_MS
}

import { shortPlan } from '../map/plan/plan.js'
import type { Live } from '../map/run/job.js'
import { bar, type Snapshot, words } from './bar.js'

// It takes a tenth of what the command takes to start, and only a terminal wants it.
const createLogUpdate = canMove(process.stderr) ? (await import('log-update')).createLogUpdate : null

const FRAME_MS = 100
const LINE_MS = 10_000
/** The rate is that of the last few seconds. */
const WINDOW_MS = 3000

/** Shows how far a run is: a bar on a terminal, else a line every ten seconds. */
export class Progress {
  private readonly live: () => Live | null
  private readonly total: () => number | undefined
  private readonly waiting: () => string | null
  private readonly stream = process.stderr
  private readonly update = createLogUpdate?.(this.stream) ?? null
  private readonly timers: NodeJS.Timeout[]
  private told: string | null = null
  private readonly marks = [{ at: performance.now(), done: 0 }]
  private hasEnded = false

  /** `waiting`: what is not there that should be. */
  constructor(live: () => Live | null, total: () => number | undefined, waiting = (): string | null => null) {
    this.live = live
    this.total = total
    this.waiting = waiting
    this.timers = [
      setInterval(() => this.show(), this.update === null ? LINE_MS : FRAME_MS),
      setInterval(() => this.tellWaiting(), FRAME_MS),
    ]
    for (const timer of this.timers) timer.unref()
  }

  /** What workers print goes above the bar. */
  print(chunk: Buffer | string): void {
    this.update?.clear()
    this.stream.write(chunk)
    const text = chunk.toString()
    // The bar begins on a line of its own.
    if (this.update !== null && !text.endsWith('\n')) this.stream.write('\n')
  }

  end(): void {
    this.hasEnded = true
    for (const timer of this.timers) clearInterval(timer)
    this.update?.clear()
    this.update?.done()
  }

  /** As it is now. */
  show(): void {
    const live = this.live()
    if (live === null || this.hasEnded) return
    const snapshot = this.snapshot(live)
    if (this.update === null) this.stream.write(`omakase: ${words(snapshot)}\n`)
    else this.update(bar(snapshot, this.stream.columns, process.env.NO_COLOR === undefined))
  }

  /** Before anything has begun the line is all that; where there is none, it is said once. */
  private tellWaiting(): void {
    if (this.hasEnded) return
    const text = this.waiting()
    const isNew = text !== this.told
    this.told = text
    if (this.update === null) {
      if (text !== null && isNew) this.stream.write(`omakase: ${text}\n`)
    } else if (this.live() === null && text !== null) this.update(text.slice(0, this.stream.columns - 1))
  }

  private snapshot(live: Live): Snapshot {
    const now = performance.now()
    const { done, failed } = live.tally
    this.marks.push({ at: now, done })
    while (this.marks.length > 2 && now - this.marks[0]!.at > (this.update === null ? LINE_MS : WINDOW_MS))
      this.marks.shift()
    const first = this.marks[0]!
    const perSecond = now > first.at ? (1000 * (done - first.done)) / (now - first.at) : 0
    return {
      done: done + live.skipped,
      failed,
      total: this.total(),
      perSecond,
      plan: this.waiting() ?? (live.planner.plan === null ? 'measuring' : shortPlan(live.planner.plan)),
      stage: live.stage,
    }
  }
}

/** A terminal that can overwrite a line. One that has no size, as some containers give, shows nothing at all. */
export function canMove({ isTTY, columns, rows }: NodeJS.WriteStream): boolean {
  return isTTY && columns > 0 && rows > 0 && process.env.TERM !== 'dumb'
}

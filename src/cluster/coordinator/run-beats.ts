import { hostname } from 'node:os'
import type { Engine } from '../engine/engine.js'
import { runsOf } from '../engine/keys.js'
import type { RunBeat } from '../engine/messages.js'
import { Rate } from '../engine/rate.js'
import { signIn } from '../engine/roll.js'

const BEAT_EVERY_MS = 1000

export type RunState = Pick<RunBeat, 'done' | 'failed' | 'total' | 'chunks' | 'stage'>

const WAITING: RunState = { done: 0, failed: 0, chunks: 0, stage: 0 }

/** Tells whoever looks at the cluster how far a run is. */
export class RunBeats {
  /** How it stands; nothing is known until a machine has loaded the function. */
  state = (): RunState => WAITING
  private readonly engine: Engine
  private readonly run: string
  private readonly name: string
  private readonly began = performance.now()
  private readonly rate = new Rate()
  private readonly timer: NodeJS.Timeout
  private isEnded = false

  constructor(engine: Engine, run: string, name: string) {
    this.engine = engine
    this.run = run
    this.name = name
    this.timer = setInterval(() => void this.beat(), BEAT_EVERY_MS)
    void this.beat()
  }

  /** It is no run any more. */
  async end(): Promise<void> {
    if (this.isEnded) return
    this.isEnded = true
    clearInterval(this.timer)
    await this.engine.redis.hdel(runsOf(this.engine.queueName), this.run).catch(() => {})
  }

  private async beat(): Promise<void> {
    const state = this.state()
    const beat: RunBeat = {
      run: this.run,
      name: this.name,
      host: hostname(),
      pid: process.pid,
      ms: performance.now() - this.began,
      perSecond: this.rate.of(state.done),
      ...state,
    }
    await signIn(this.engine, runsOf(this.engine.queueName), this.run, beat).catch(() => {})
  }
}

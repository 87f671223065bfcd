import type { Queue } from 'bullmq'
import { SILENT_MS } from '../coordinator/machines.js'
import type { Engine } from '../engine/engine.js'
import { machinesOf, needsOf, runsOf } from '../engine/keys.js'
import type { Beat, RunBeat } from '../engine/messages.js'
import { callRoll, type Present } from '../engine/roll.js'

type Seen<Beat> = Beat & {
  /** Milliseconds since it was heard of last, where that is longer than it should be; else null. */
  readonly silentMs: number | null
}

/** A cluster at one moment. */
export interface Picture {
  readonly machines: readonly Seen<Beat>[]
  readonly runs: readonly Seen<RunBeat>[]
  /** Chunks that no machine has taken yet, and that one has. */
  readonly waiting: number
  readonly active: number
  /** Bytes that the engine uses, and may use; 0 for no bound. */
  readonly memory: { readonly used: number; readonly most: number }
}

/** Looks at all that tells of itself. */
export class Lookout {
  private readonly engine: Engine
  private readonly queues = new Map<string, Queue>()

  constructor(engine: Engine) {
    this.engine = engine
  }

  async look(): Promise<Picture> {
    const { engine } = this
    const [machines, runs, memory, others] = await Promise.all([
      callRoll<Beat>(engine, machinesOf(engine.queueName)),
      callRoll<RunBeat>(engine, runsOf(engine.queueName)),
      engine.redis.info('memory'),
      // Runs that need certain packages have queues of their own.
      engine.redis.hkeys(needsOf(engine.queueName)),
    ])
    let [waiting, active] = [0, 0]
    for (const name of [engine.queueName, ...others]) {
      const counts = await this.queue(name).getJobCounts('waiting', 'prioritized', 'active')
      waiting += (counts.waiting ?? 0) + (counts.prioritized ?? 0)
      active += counts.active ?? 0
    }
    return {
      machines: machines.map(seen),
      runs: runs.map(seen),
      waiting,
      active,
      memory: { used: figure(memory, 'used_memory'), most: figure(memory, 'maxmemory') },
    }
  }

  private queue(name: string): Queue {
    const queue = this.queues.get(name) ?? this.engine.queue(name)
    this.queues.set(name, queue)
    return queue
  }
}

function seen<T>({ beat, silentMs }: Present<T>): Seen<T> {
  return { ...beat, silentMs: silentMs >= SILENT_MS ? silentMs : null }
}

function figure(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
}

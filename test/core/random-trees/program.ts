import { Random } from './random.js'
import type { SharedStep } from './shared.js'

/** What a random program does: plain data, so that a failing one can be printed. `pick` chooses among what there is by then. */
export type Step =
  | { do: 'checkpoint' | 'forever' | 'throw' | 'return' }
  | { do: 'sleep'; ms: number }
  | { do: 'suspend'; ms: number; abortable: boolean }
  | { do: 'promise'; ms: number; how: 'bare' | 'heeds the signal' | 'ignores the signal'; rejects: boolean }
  | { do: 'call'; depth: number; suspends: boolean; body: Block }
  | { do: 'try'; body: Block; catches: boolean; cleanup: Block; swallows: boolean }
  | { do: 'shield'; body: Block }
  | { do: 'scope'; body: Block; failFast: boolean; timeout: number | undefined }
  | { do: 'timeout' | 'moveOnAfter'; ms: number; body: Block }
  | { do: 'spawn'; body: Block; daemon: boolean }
  | { do: 'spawn async'; ms: number; heeds: boolean; rejects: boolean }
  | { do: 'start'; before: Block; after: Block }
  | { do: 'join'; pick: number; how: 'joins' | 'catches' | 'settled' }
  | { do: 'cancel task' | 'cancel scope'; pick: number }
  | { do: 'move deadline'; pick: number; ms: number }
  | { do: 'use'; acquire: 'plain' | 'async' | 'coroutine'; ms: number; body: Block; release: Block }
  | { do: 'defer'; body: Block }
  | { do: 'all' | 'race' | 'any' | 'allSettled'; bodies: Block[]; concurrency: number | undefined }
  | { do: 'forEach'; count: number; concurrency: number; async: boolean; body: Block }
  | { do: 'race receives'; channels: number[]; ms: number }
  | { do: 'send' | 'receive' | 'trySend' | 'tryReceive' | 'close sender' | 'close receiver'; channel: number }
  | { do: 'with' | 'acquire'; semaphore: number; body: Block }
  | SharedStep

export type Block = readonly Step[]

export interface Program {
  readonly capacities: readonly number[]
  readonly permits: readonly number[]
  readonly body: Block
  /** What happens from outside of any task, and when. */
  readonly outside: readonly { ms: number; what: 'root' | 'task' | 'scope'; pick: number }[]
}

/** What may stand where a block is. */
interface Surroundings {
  /** Cancellation does not reach here, so what waits must come to an end by itself. */
  readonly bounded: boolean
  /** The same for the tasks that are spawned here. */
  readonly boundedScope: boolean
  readonly level: number
}

const anywhere = {
  checkpoint: 8,
  sleep: 6,
  suspend: 3,
  promise: 4,
  throw: 2,
  return: 0.5,
  call: 6,
  try: 7,
  shield: 3,
  scope: 6,
  timeout: 4,
  moveOnAfter: 3,
  spawn: 9,
  'spawn async': 2,
  'cancel task': 3,
  'cancel scope': 2,
  'move deadline': 1.5,
  use: 5,
  defer: 3,
  all: 2,
  race: 3,
  any: 2,
  allSettled: 1,
  forEach: 2,
  trySend: 2,
  tryReceive: 2,
  notify: 1,
  'notify all': 0.5,
  'set event': 1,
  'clear event': 0.5,
}
const unboundedOnly = {
  ...anywhere,
  forever: 2,
  start: 2,
  join: 4,
  'race receives': 2,
  send: 4,
  receive: 4,
  'close sender': 0.4,
  'close receiver': 0.4,
  with: 3,
  acquire: 2,
  locked: 4,
  'wait for notification': 3,
  'wait for event': 1.5,
  barrier: 1.5,
  select: 2,
}
const simple = new Set(['checkpoint', 'sleep', 'suspend', 'promise', 'throw', 'cancel task', 'cancel scope'])

class Writer {
  private readonly random: Random
  private left: number

  constructor(random: Random, size: number) {
    this.random = random
    this.left = size
  }

  block(where: Surroundings): Step[] {
    const steps: Step[] = []
    const length = 1 + this.random.below(where.level < 2 ? 5 : 3)
    while (steps.length < length && this.left > 0) steps.push(this.step(where))
    return steps
  }

  private bounded(where: Surroundings): Step[] {
    return this.block({ bounded: true, boundedScope: where.boundedScope, level: where.level + 1 })
  }

  private step(where: Surroundings): Step {
    this.left--
    const { random } = this
    let kind = random.weighted(where.bounded ? (anywhere as Partial<typeof unboundedOnly>) : unboundedOnly)
    if (where.level > 6 && !simple.has(kind)) kind = 'checkpoint'
    const pick = random.below(1000)
    const ms = random.below(4)
    const channel = random.below(3)
    const inside = { ...where, level: where.level + 1 }
    const inScope = { ...inside, boundedScope: where.bounded }
    const child = { ...inside, bounded: where.boundedScope }
    const timed = { bounded: false, boundedScope: false, level: inside.level }
    switch (kind) {
      case 'checkpoint':
      case 'forever':
      case 'throw':
      case 'return':
        return { do: kind }
      case 'sleep':
        return { do: kind, ms }
      case 'suspend':
        return { do: kind, ms, abortable: random.chance(0.7) }
      case 'promise': {
        const how = random.weighted({ bare: 1, 'heeds the signal': 1, 'ignores the signal': 1 })
        return { do: kind, ms, how, rejects: random.chance(0.2) }
      }
      case 'call':
        return { do: kind, depth: random.below(4), suspends: random.chance(0.5), body: this.block(inside) }
      case 'try':
        return {
          do: kind,
          body: this.block(inside),
          catches: random.chance(0.4),
          cleanup: this.bounded(where),
          swallows: random.chance(0.1),
        }
      case 'shield':
        return { do: kind, body: this.bounded(where) }
      case 'scope':
        return {
          do: kind,
          body: this.block(inScope),
          failFast: random.chance(0.75),
          timeout: random.chance(0.2) ? ms : undefined,
        }
      case 'timeout':
      case 'moveOnAfter':
        return { do: kind, ms, body: this.block(timed) }
      case 'spawn':
        return { do: kind, body: this.block(child), daemon: random.chance(0.15) }
      case 'spawn async':
        return { do: kind, ms, heeds: random.chance(0.6), rejects: random.chance(0.2) }
      case 'start':
        return { do: kind, before: this.block(child), after: this.block(child) }
      case 'join':
        return { do: kind, pick, how: random.weighted({ joins: 2, catches: 2, settled: 1 }) }
      case 'cancel task':
      case 'cancel scope':
        return { do: kind, pick }
      case 'move deadline':
        return { do: kind, pick, ms: random.chance(0.3) ? Infinity : ms }
      case 'use': {
        const acquire = random.weighted({ plain: 2, async: 1, coroutine: 1 })
        const body = acquire === 'coroutine' ? this.block(inside) : []
        return { do: kind, acquire, ms, body, release: this.bounded(where) }
      }
      case 'defer':
        return { do: kind, body: this.bounded(where) }
      case 'all':
      case 'race':
      case 'any':
      case 'allSettled': {
        const bodies = Array.from({ length: 1 + random.below(3) }, () => this.block(inScope))
        const limited = (kind === 'all' || kind === 'allSettled') && random.chance(0.5)
        return { do: kind, bodies, concurrency: limited ? 1 + random.below(2) : undefined }
      }
      case 'forEach':
        return {
          do: kind,
          count: 1 + random.below(3),
          concurrency: 1 + random.below(2),
          async: random.chance(0.4),
          body: this.block(inScope),
        }
      case 'race receives':
        return { do: kind, channels: [channel, (channel + 1) % 3], ms: random.chance(0.5) ? Infinity : ms }
      case 'with':
      case 'acquire':
        return { do: kind, semaphore: random.below(2), body: kind === 'with' ? this.block(inside) : [] }
      case 'locked':
        return { do: kind, which: random.below(2), body: this.block(inside) }
      case 'select':
        return { do: kind, which: random.below(2), ms }
      case 'wait for notification':
      case 'notify':
      case 'notify all':
      case 'wait for event':
      case 'set event':
      case 'clear event':
      case 'barrier':
        return { do: kind, which: random.below(2) }
      default:
        return { do: kind, channel }
    }
  }
}

/** The program of a seed. Small seeds give small programs, so the first that fails is an easy one to read. */
export function program(seed: number): Program {
  const random = new Random(seed)
  const size = Math.min(4 + Math.floor(Math.sqrt(seed)), 60)
  const body = new Writer(random, size).block({ bounded: false, boundedScope: false, level: 0 })
  const outside = Array.from({ length: random.below(4) }, () => ({
    ms: random.below(8),
    what: random.weighted({ root: 1, task: 3, scope: 2 }),
    pick: random.below(1000),
  }))
  return { capacities: [0, 1, 3], permits: [1, 2], body, outside }
}

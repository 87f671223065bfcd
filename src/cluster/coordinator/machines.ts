import type { Engine } from '../engine/engine.js'
import { machinesOf } from '../engine/keys.js'
import type { Beat } from '../engine/messages.js'
import { callRoll, type Present } from '../engine/roll.js'

const LOOK_EVERY_MS = 500
/** One that has told nothing for so long counts as gone. */
export const SILENT_MS = 5000

/** The machines that there are, as they tell of themselves. No clock but the engine's is asked. */
export class Machines {
  private readonly engine: Engine
  private readonly timer: NodeJS.Timeout
  private known: readonly Present<Beat>[] = []

  constructor(engine: Engine) {
    this.engine = engine
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS)
    void this.look()
  }

  get list(): readonly Beat[] {
    return this.known.filter(({ silentMs }) => silentMs < SILENT_MS).map(({ beat }) => beat)
  }

  /** It has said nothing for a while, and not that it leaves. */
  isSilent(name: string): boolean {
    return this.known.some(({ beat, silentMs }) => beat.name === name && silentMs >= SILENT_MS)
  }

  /** Milliseconds for which it had told nothing when it was looked at last. */
  silenceOf(name: string): number {
    return this.known.find(({ beat }) => beat.name === name)?.silentMs ?? Infinity
  }

  /** Of all of them. */
  get cores(): number {
    return this.list.reduce((sum, { cores }) => sum + cores, 0)
  }

  /** How many runs they work for. */
  get runs(): number {
    return new Set(this.list.flatMap(({ runs }) => runs)).size
  }

  end(): void {
    clearInterval(this.timer)
  }

  async look(): Promise<void> {
    try {
      this.known = await callRoll<Beat>(this.engine, machinesOf(this.engine.queueName))
    } catch {
      // The engine is away, which says nothing of the machines.
    }
  }
}

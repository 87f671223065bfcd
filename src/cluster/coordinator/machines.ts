import type { Engine } from '../engine/engine.js'
import { machinesOf } from '../engine/keys.js'
import type { Beat } from '../engine/messages.js'

const LOOK_EVERY_MS = 500
/** One that has told nothing for so long counts as gone. */
const SILENT_MS = 5000

/** The machines that there are, as they tell of themselves. No clock but ours is asked. */
export class Machines {
  private readonly engine: Engine
  private readonly known = new Map<string, { beat: Beat; heardAt: number }>()
  private readonly timer: NodeJS.Timeout

  constructor(engine: Engine) {
    this.engine = engine
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS)
    void this.look()
  }

  get list(): readonly Beat[] {
    const now = performance.now()
    const alive = [...this.known.values()].filter(({ heardAt }) => now - heardAt < SILENT_MS)
    return alive.map(({ beat }) => beat)
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
      const all = await this.engine.redis.hgetall(machinesOf(this.engine.queueName))
      for (const text of Object.values(all)) this.note(text)
    } catch {
      // The engine is away: what was known still holds for a while.
    }
  }

  private note(sealed: string): void {
    const text = this.engine.seal.open('beat', sealed)
    if (text === null) return
    const beat = JSON.parse(text) as Beat
    const before = this.known.get(beat.name)
    if (before?.beat.beat !== beat.beat) this.known.set(beat.name, { beat, heardAt: performance.now() })
  }
}

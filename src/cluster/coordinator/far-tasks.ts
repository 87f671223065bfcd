import type { Snapshot } from '../../debug/index.js'
import { unpackOutputs } from '../engine/codec.js'
import type { Report, FarTasks as Told } from '../engine/messages.js'

/** How long machines have to answer. */
const PATIENCE_MS = 400

/** What the machines tell of the tasks that run there. */
export class FarTasks {
  private readonly places = new Map<number, string>()
  private asked = 0
  private waiting: { readonly machines: Set<string>; done(): void } | null = null
  private found = new Map<number, Snapshot>()

  /** When all of these machines have answered, or it takes too long. */
  async ask(machines: Iterable<string>, tell: (n: number) => void): Promise<ReadonlyMap<number, Snapshot>> {
    const found = new Map<number, Snapshot>()
    this.found = found
    this.places.clear()
    const open = new Set(machines)
    if (open.size === 0) return found
    tell(++this.asked)
    await new Promise<void>(resolve => {
      const late = setTimeout(resolve, PATIENCE_MS)
      const done = () => {
        clearTimeout(late)
        resolve()
      }
      this.waiting = { machines: open, done }
    })
    this.waiting = null
    return found
  }

  told(by: string, { n, calls }: NonNullable<Report['tasks']>): void {
    if (n !== this.asked || this.waiting === null) return
    for (const [id, pid, snapshot] of unpackOutputs('clone', calls) as unknown as Told) {
      this.found.set(id, snapshot)
      this.places.set(id, `process ${pid} on ${by}`)
    }
    this.waiting.machines.delete(by)
    if (this.waiting.machines.size === 0) this.waiting.done()
  }

  placeOf(id: number): string {
    return this.places.get(id) ?? 'the cluster'
  }
}

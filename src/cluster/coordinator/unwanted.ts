import type { Outcome } from '../../workers/internal.js'
import type { Coordinator } from './coordinator.js'
import type { Published } from './published.js'

/** How often a cancel is told until it is done. */
const CANCEL_EVERY_MS = 1000

/** Calls that are to be cancelled, wherever they are. */
export class Unwanted {
  private readonly coordinator: Coordinator
  private readonly published: Published
  private readonly tell: (outcomes: Outcome[]) => void
  private readonly ids = new Set<number>()
  private timer: NodeJS.Timeout | undefined
  private isEnded = false

  constructor(coordinator: Coordinator, published: Published, tell: (outcomes: Outcome[]) => void) {
    this.coordinator = coordinator
    this.published = published
    this.tell = tell
  }

  add(ids: readonly number[]): void {
    const open = ids.filter(id => this.published.has(id))
    for (const id of open) this.ids.add(id)
    this.call(open)
    // Whoever takes a chunk just now has not heard of it.
    this.timer ??= setInterval(() => this.call([...this.ids]), CANCEL_EVERY_MS)
  }

  /** It has ended. */
  forget(id: number): void {
    this.ids.delete(id)
  }

  /** Tells those of them that are not to run any more, and gives the others. */
  cancel(ids: readonly number[]): number[] {
    const isVain = (id: number) => this.coordinator.isStopping || this.ids.has(id)
    this.tell(ids.filter(isVain).map(cancelled))
    return ids.filter(id => !isVain(id))
  }

  /** Takes calls back that no machine has taken yet. */
  async takeBack(ids: readonly number[]): Promise<void> {
    const { coordinator, published } = this
    const wanted = new Set(ids)
    const chunks = [...new Set(ids.flatMap(id => published.chunkOf(id) ?? []))]
    const removed = await Promise.all(chunks.map(({ number }) => coordinator.remove(number)))
    // One that has been done is not in the queue either; its results are on their way.
    await coordinator.heardAll()
    for (const [at, chunk] of chunks.entries()) {
      if (!removed[at] || this.isEnded || published.chunk(chunk.number) === undefined) continue
      const open = published.idsOf(chunk)
      const others = published.callsOf(open.filter(id => !wanted.has(id)))
      published.drop(chunk)
      this.tell(open.filter(id => wanted.has(id)).map(cancelled))
      if (others.length > 0) published.add(others, chunk.isAlone)
    }
  }

  end(): void {
    this.isEnded = true
    clearInterval(this.timer)
  }

  private call(ids: readonly number[]): void {
    if (this.ids.size === 0) {
      clearInterval(this.timer)
      this.timer = undefined
      return
    }
    void this.takeBack(ids)
    this.coordinator.tell({ t: 'cancel', ids })
  }
}

function cancelled(id: number): Outcome {
  const error = { name: 'CancelledError', message: 'the item was cancelled before it began' }
  return { id, ms: 0, ok: false, error, cancelled: true }
}

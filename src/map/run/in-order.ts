import type { Item } from '../input/source.js'
import { Ordered } from '../output/ordered.js'
import type { Outlet } from './outlet.js'

/** Passes results on in the order of their items. */
export class InOrder implements Outlet {
  private readonly outlet: Outlet
  private readonly ordered: Ordered<() => void>
  private notify: () => void = () => {}

  constructor(outlet: Outlet, first = 0) {
    this.outlet = outlet
    this.ordered = new Ordered<() => void>(emit => emit(), first)
  }

  ok(item: Item, value: unknown, attempts: number, ms: number): void {
    this.add(
      item,
      () => this.outlet.ok(item, value, attempts, ms),
      typeof value === 'string' ? value.length : 0,
    )
  }

  failed(item: Item, error: unknown, attempts: number, ms: number): void {
    this.add(item, () => this.outlet.failed(item, error, attempts, ms), 0)
  }

  get isFull(): boolean {
    return this.ordered.full || this.outlet.isFull
  }

  onRoom(notify: () => void): void {
    this.notify = notify
    this.outlet.onRoom(notify)
  }

  private add(item: Item, emit: () => void, size: number): void {
    const wasFull = this.ordered.full
    this.ordered.add(item.index, emit, size)
    if (wasFull && !this.ordered.full) this.notify()
  }
}

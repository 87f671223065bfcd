import type { Item } from '../input/source.js'
import type { Live } from './job.js'
import type { Outlet } from './outlet.js'

/** All outputs in the order of the inputs; the first failure ends the run. */
export class Outputs<O> implements Outlet {
  readonly list: O[] = []
  readonly isFull = false
  private readonly revive: (error: unknown) => unknown
  private live: Live | null = null

  constructor(revive: (error: unknown) => unknown) {
    this.revive = revive
  }

  follow(live: Live): void {
    this.live = live
  }

  ok({ index }: Item, value: unknown): void {
    const { list } = this
    // An array with a large gap would become a dictionary, ten times as slow.
    while (list.length < index) list.push(undefined as O)
    list[index] = value as O
  }

  failed(_item: Item, error: unknown): void {
    this.live!.fail(this.revive(error))
  }

  onRoom(): void {}
}

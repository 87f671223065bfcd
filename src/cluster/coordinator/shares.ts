import type { MachineShare } from '../../map/run/planning.js'
import type { Report, Room } from '../engine/messages.js'

/** What each machine has done for a run, and could do. */
export class Shares {
  private readonly byName = new Map<string, { items: number; deaths: number; room: Room | null }>()

  /** A machine has loaded the function. */
  hasBegun = false

  heard({ by, deaths = 0, room, loaded }: Report): void {
    if (loaded !== undefined) this.hasBegun = true
    const share = this.of(by)
    share.deaths += deaths
    if (room !== undefined) share.room = room
  }

  /** So many items have ended there that had not ended before. */
  ended(by: string, items: number): void {
    this.of(by).items += items
  }

  /** Null where it has not said so yet. */
  roomOf(name: string): Room | null {
    return this.byName.get(name)?.room ?? null
  }

  /** Those that have done something, whoever did most first. */
  list(isHere: (name: string) => boolean): MachineShare[] {
    return [...this.byName]
      .filter(([, { items, deaths }]) => items + deaths > 0)
      .map(([name, { items, deaths }]) => ({ name, items, deaths, isHere: isHere(name) }))
      .sort((a, b) => b.items - a.items)
  }

  private of(name: string) {
    let share = this.byName.get(name)
    if (share === undefined) {
      share = { items: 0, deaths: 0, room: null }
      this.byName.set(name, share)
    }
    return share
  }
}

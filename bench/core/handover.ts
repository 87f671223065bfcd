/** A source without room: whoever gives waits until somebody takes. For promises, by hand. */
export class Handover<T> {
  private readonly takers = new Set<(item: T) => void>()
  private giver: { readonly item: T; readonly taken: () => void } | undefined

  give(item: T): Promise<void> | undefined {
    const { done, value: taker } = this.takers.values().next()
    if (done) return new Promise(taken => (this.giver = { item, taken }))
    taker(item)
    return undefined
  }

  /** Of several sources the first that has an item; only that one loses it. */
  static takeAny<T>(sources: readonly Handover<T>[]): Promise<T> | T {
    for (const source of sources) {
      const { giver } = source
      if (giver === undefined) continue
      source.giver = undefined
      giver.taken()
      return giver.item
    }
    return new Promise(resolve => {
      const taker = (item: T) => {
        for (const source of sources) source.takers.delete(taker)
        resolve(item)
      }
      for (const source of sources) source.takers.add(taker)
    })
  }
}

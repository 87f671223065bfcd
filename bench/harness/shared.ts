import type { Contestant } from './row.js'

/**
 * Contestants of several rows whose figures come from the same trial. A row takes what a trial for another row has
 * left for it before it has a new one made.
 */
export function shared<F, K extends string>(
  trials: { readonly [name: string]: () => Promise<F> },
  figures: { readonly [kind in K]: (of: F) => number },
): { readonly [kind in K]: { readonly [name: string]: Contestant } } {
  const kinds = Object.keys(figures) as K[]
  const left = Object.entries(trials).map(([name, trial]) => {
    const unused = Object.fromEntries(kinds.map(kind => [kind, [] as number[]])) as { [kind in K]: number[] }
    const take = async (kind: K) => {
      if (unused[kind].length === 0) {
        const made = await trial()
        for (const each of kinds) unused[each].push(figures[each](made))
      }
      return unused[kind].shift()!
    }
    return { name, take }
  })
  return Object.fromEntries(
    kinds.map(kind => [kind, Object.fromEntries(left.map(({ name, take }) => [name, () => take(kind)]))]),
  ) as { [kind in K]: { [name: string]: Contestant } }
}

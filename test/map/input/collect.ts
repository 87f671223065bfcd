import type { InputFlags } from '#src/map/input/open.js'
import { openInputs } from '#src/map/input/open.js'
import type { Item, Source } from '#src/map/input/source.js'

export async function collect(source: Source): Promise<Item[]> {
  const items: Item[] = []
  for await (const chunk of source) items.push(...chunk)
  return items
}

/** The items, each as its input, or as the message of what is wrong with it. */
export async function told(flags: InputFlags): Promise<unknown[]> {
  const items = await collect(await openInputs(flags))
  return items.map(({ input, problem }) => problem?.message ?? input)
}

import type { Snapshot } from './snapshot.js'

/** Tasks in another thread or process, on whose account a task here waits. */
export interface Elsewhere {
  /** The task here. */
  readonly task: number
  /** For people: "process 123". */
  readonly where: string
  /** `null` where it does not answer. */
  readonly snapshot: Snapshot | null
}

type Ask = () => Promise<readonly Elsewhere[]>

const asks = new Set<Ask>()

/** From now on `ask` is asked, too; gives the way to end that. */
export function tellsOfElsewhere(ask: Ask): () => void {
  asks.add(ask)
  return () => asks.delete(ask)
}

/** What all of them say. */
export async function askElsewhere(): Promise<Elsewhere[]> {
  return (await Promise.all([...asks].map(ask => ask()))).flat()
}

/** Where and how a run goes: four numbers. */
export interface Plan {
  readonly executor: 'loop' | 'processes' | 'threads' | 'cluster'
  /** Of a cluster, machines. */
  readonly workers: number
  /** Items at once in each worker; where it adapts, the most so far. */
  readonly concurrency: number
  /** Items in one message; 1 where they are handed over one by one. */
  readonly batch: number
  /** The concurrency is found out while it runs. */
  readonly isAdaptive: boolean
}

/** In a few words. */
export function describePlan({ executor, workers, concurrency, batch, isAdaptive }: Plan): string {
  const each =
    concurrency === 1 ? 'one item at a time' : `${isAdaptive ? 'at most ' : ''}${concurrency} at once`
  const message = batch > 1 ? `, about ${batch} in a message` : ''
  if (executor === 'loop') return `one event loop, ${each}${message}`
  if (executor === 'cluster') {
    const slots = Math.max(1, Math.round(workers * concurrency))
    const size = batch > 1 ? `, chunks of about ${batch}` : ''
    return `${machines(workers)} with ${slots === 1 ? '1 slot' : `${slots} slots`}${size}`
  }
  // Commands: it is how many of them that is found out.
  const bound = isAdaptive && concurrency === 1 ? 'at most ' : ''
  return `${bound}${many(workers, executor)}, ${each}${workers > 1 && concurrency > 1 ? ' in each' : ''}${message}`
}

/** `1 process`, `2 processes`. */
function many(workers: number, executor: 'processes' | 'threads'): string {
  if (workers > 1) return `${workers} ${executor}`
  return executor === 'threads' ? '1 thread' : '1 process'
}

/** Shorter still, for the bar. */
export function shortPlan({ executor, workers, concurrency }: Plan): string {
  if (executor === 'loop') return concurrency === 1 ? 'loop' : `loop × ${concurrency}`
  if (executor === 'cluster') return workers === 0 ? 'no machine' : machines(workers)
  return `${workers} ${executor}${concurrency === 1 ? '' : ` × ${concurrency}`}`
}

function machines(count: number): string {
  return count === 1 ? '1 machine' : `${count} machines`
}

import type { Fixed } from './workload.js'

export function loop(concurrency: number, batch?: number): Fixed {
  return { on: 'loop', workers: 1, concurrency, ...(batch && { batch }) }
}

/** `each`: how many at once in each of them. */
export function processes(workers: number, each = 1, batch?: number): Fixed {
  return { on: 'processes', workers, concurrency: workers * each, ...(batch && { batch }) }
}

export function threads(workers: number, each = 1, batch?: number): Fixed {
  return { on: 'threads', workers, concurrency: workers * each, ...(batch && { batch }) }
}

export const waiting: readonly Fixed[] = [
  ...[256, 128, 64, 512, 1024, 48, 32, 24, 16].map(at => loop(at)),
  processes(2, 128),
  threads(2, 128),
]

export const computing: readonly Fixed[] = [
  processes(2),
  threads(2),
  processes(2, 1, 10),
  processes(3),
  processes(4),
  loop(1),
]

export const tiny: readonly Fixed[] = [
  loop(1),
  loop(1, 1000),
  processes(2),
  processes(2, 1, 1000),
  threads(2),
  threads(2, 1, 1000),
]

export const blocking: readonly Fixed[] = [32, 24, 16, 48, 64, 8, 2].map(workers => processes(workers))

export const pooled: readonly Fixed[] = [
  loop(4),
  loop(2),
  loop(8),
  loop(16),
  processes(2),
  processes(2, 2),
  processes(2, 4),
]

export const both: readonly Fixed[] = [
  processes(2, 32),
  ...[16, 8, 64, 128].map(each => processes(2, each)),
  processes(3, 32),
  threads(2, 32),
  ...[16, 32, 128].map(at => loop(at)),
]

import { computing, loop, pooled, processes, threads, waiting } from '../plans.js'
import type { Workload } from '../workload.js'

const ask = new URL('../status.js', import.meta.url)

/** Chosen before the planner was tuned, and not looked at while it was. */
export const keptOut: readonly Workload[] = [
  {
    name: 'slots',
    job: '800 requests of a server that serves 16 at once, 40 ms each',
    module: ask,
    server: 'slots',
    inputs: ({ address }) => few(800, i => `${address}/${i}`),
    plans: [loop(16), loop(24), loop(32), loop(64), loop(128), loop(256), loop(8)],
  },
  {
    name: 'few',
    job: '200 requests of 300 ms',
    module: ask,
    server: 'asked',
    inputs: ({ address }) => few(200, () => `${address}/300`),
    plans: waiting,
  },
  {
    name: 'cpu-100ms',
    job: '40 items of 100 ms of CPU',
    module: new URL('./compute.js', import.meta.url),
    inputs: ({ perMs }) => few(40, () => 100 * perMs),
    plans: computing,
  },
  {
    name: 'megabyte',
    job: '300 inputs of 1 MB, some milliseconds of CPU each',
    module: new URL('./sum-bytes.js', import.meta.url),
    inputs: () => few(300, i => new Uint8Array(1 << 20).fill(i)),
    plans: [
      processes(2),
      threads(2),
      loop(1),
      processes(2, 1, 1),
      threads(2, 1, 1),
      processes(3),
      threads(3),
    ],
  },
  {
    name: 'hosts',
    job: '1,000 requests of 10 ms, then 1,000 of 250 ms',
    module: ask,
    server: 'asked',
    inputs: ({ address }) => few(2000, i => `${address}/${i < 1000 ? 10 : 250}`),
    plans: waiting,
  },
  {
    name: 'leaking',
    job: '600 items of 4 ms of CPU that keep 1 MB each',
    module: new URL('./leak.js', import.meta.url),
    inputs: ({ perMs }) => few(600, () => 4 * perMs),
    plans: computing,
  },
  {
    name: 'gzip',
    job: '600 texts gzipped on the threads behind the loop',
    module: new URL('./gzip.js', import.meta.url),
    inputs: () => few(600, i => `text ${i}\n`),
    plans: pooled,
  },
]

function few<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i))
}

import { computing, loop, pooled, processes, threads, waiting } from '../plans.js'
import type { Workload } from '../workload.js'

const ask = new URL('../status.js', import.meta.url)

/** Chosen without a look at what the planner makes of them, and not looked at while it was tuned. */
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
  {
    name: 'varied',
    job: '1,500 requests of 20 to 400 ms, in no order',
    module: ask,
    server: 'asked',
    inputs: ({ address }) => few(1500, i => `${address}/${20 + ((i * 7919) % 381)}`),
    plans: waiting,
  },
  {
    name: 'parse',
    job: '20,000 JSON texts of 6 KB, parsed and summed up',
    module: new URL('./parse.js', import.meta.url),
    inputs: () => few(20_000, i => JSON.stringify(few(1000, j => (i * 31 + j * 17) % 100_000))),
    plans: [...computing, processes(2, 1, 100), threads(2, 1, 100)],
  },
]

function few<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i))
}

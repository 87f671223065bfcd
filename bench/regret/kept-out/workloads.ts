import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { computing, loop, pooled, processes, threads } from '../plans.js'
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
    name: 'frequencies',
    job: '600 texts of 30,000 words, whose counts come back',
    module: new URL('./frequencies.js', import.meta.url),
    inputs: () => few(600, i => i),
    plans: computing,
  },
  {
    name: 'checksums',
    job: '20,000 small files, read and hashed',
    module: new URL('./checksum.js', import.meta.url),
    inputs: () => {
      const files = smallFiles(new URL('../../../../node_modules/', import.meta.url))
      return few(20_000, i => files[i % files.length])
    },
    plans: [...pooled, loop(64), loop(1), threads(2, 4)],
  },
]

function few<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i))
}

function smallFiles(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter(path => statSync(path).size < 64_000)
}

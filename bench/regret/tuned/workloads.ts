import { blocking, both, computing, loop, pooled, processes, threads, tiny, waiting } from '../plans.js'
import type { Given, Workload } from '../workload.js'

const ask = new URL('../status.js', import.meta.url)
const compute = new URL('./compute.js', import.meta.url)

/** These the planner was tuned with. */
export const tuned: readonly Workload[] = [
  {
    name: 'unlimited',
    job: '4,000 requests of 200 ms, no limit',
    module: ask,
    server: 'slow',
    inputs: urls(4000),
    plans: waiting,
  },
  {
    name: 'degrading',
    job: '600 requests of a server that is best at 24 at once',
    module: ask,
    server: 'degrading',
    inputs: urls(600),
    plans: [loop(24), loop(16), loop(32), loop(48), loop(12), loop(64), loop(128)],
  },
  {
    name: 'rated',
    job: '300 requests of a server that takes 100 a second',
    module: ask,
    server: 'rated',
    inputs: urls(300),
    options: { retries: 1000 },
    plans: [loop(4), loop(2), loop(3), loop(8), loop(16), loop(32), loop(64)],
  },
  {
    name: 'stragglers',
    job: '3,000 requests of 20 ms, 2 % of them of 1 s',
    module: ask,
    server: 'asked',
    inputs: ({ address }) => few(3000, i => `${address}/${i % 50 === 7 ? 1000 : 20}`),
    plans: waiting,
  },
  {
    name: 'think-and-ask',
    job: '600 of 5 ms of CPU and 100 ms of waiting',
    module: new URL('./think-and-ask.js', import.meta.url),
    server: 'asked',
    inputs: ({ address, perMs }) => few(600, () => ({ url: `${address}/100`, rounds: 5 * perMs })),
    plans: both,
  },
  {
    name: 'ask-and-think',
    job: '2,000 requests of 50 ms, 2 ms of CPU for each answer',
    module: new URL('./ask-and-think.js', import.meta.url),
    server: 'asked',
    inputs: ({ address, perMs }) => few(2000, () => ({ url: `${address}/50`, rounds: 2 * perMs })),
    plans: both,
  },
  {
    name: 'full',
    job: '1,500 requests of 60 ms, no more than 40 connections',
    module: ask,
    server: 'full',
    inputs: urls(1500),
    options: { retries: 1000 },
    plans: [loop(40), loop(32), loop(36), loop(24), loop(48), loop(64), loop(128)],
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
    name: 'hosts',
    job: '1,000 requests of 10 ms, then 1,000 of 250 ms',
    module: ask,
    server: 'asked',
    inputs: ({ address }) => few(2000, i => `${address}/${i < 1000 ? 10 : 250}`),
    plans: waiting,
  },
  {
    name: 'cpu-10us',
    job: '250,000 items of 10 µs of CPU',
    module: compute,
    inputs: ({ perMs }) => few(250_000, () => Math.round(perMs / 100)),
    plans: tiny,
  },
  {
    name: 'cpu-1ms',
    job: '4,000 items of 1 ms of CPU',
    module: compute,
    inputs: ({ perMs }) => few(4000, () => perMs),
    plans: computing,
  },
  {
    name: 'blocking',
    job: '400 items that block for 50 ms',
    module: new URL('./sleep-sync.js', import.meta.url),
    inputs: () => few(400, () => 50),
    plans: blocking,
  },
  {
    name: 'pbkdf2',
    job: '600 passwords, on the threads behind the loop',
    module: new URL('./derive.js', import.meta.url),
    inputs: () => few(600, i => `password ${i}`),
    plans: pooled,
  },
  {
    name: 'bimodal',
    job: '800 items of CPU, 1 ms or 20 ms in turns of 40',
    module: compute,
    inputs: ({ perMs }) => few(800, i => perMs * (Math.floor(i / 40) % 4 === 3 ? 20 : 1)),
    plans: computing,
  },
  {
    name: 'ten',
    job: '10 items of 200 ms of CPU',
    module: compute,
    inputs: ({ perMs }) => few(10, () => 200 * perMs),
    plans: [processes(2), processes(3), processes(5), loop(1)],
  },
  {
    name: 'million',
    job: '1,000,000 items that do nothing',
    module: new URL('./no-op.js', import.meta.url),
    inputs: () => few(1_000_000, i => i),
    plans: tiny,
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

function urls(n: number) {
  return ({ address }: Given) => few(n, i => `${address}/${i}`)
}

function few<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i))
}

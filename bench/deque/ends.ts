import Denque from 'denque'
import { Deque } from 'omakase'
import { Yallist } from 'yallist'
import type { Contestant, Row } from '../harness/row.js'
import { type Ends, SIZE } from './loops.js'

type Loops = typeof import('./loops.js')

const TIMES = 100

const makers: { readonly [name: string]: () => Ends } = {
  array: () => [],
  'omakase Deque': () => new Deque<number>(),
  denque: () => new Denque<number>(),
  yallist: () => new Yallist<number>(),
}

/** The loops anew for each collection: those that have seen several are compiled for none of them. */
const loops: { readonly [name: string]: Loops } = Object.fromEntries(
  await Promise.all(
    Object.keys(makers).map(async name => [name, await import(`./loops.js?${encodeURIComponent(name)}`)]),
  ),
)

function row(
  name: string,
  job: string,
  run: (loops: Loops, make: () => Ends, times: number) => number,
  arrayTimes = TIMES,
): Row {
  const contestants: { [name: string]: Contestant } = {}
  for (const [who, make] of Object.entries(makers))
    contestants[who] = async () => run(loops[who]!, make, who === 'array' ? arrayTimes : TIMES)
  return { name, job, unit: 'ns', baseline: 'array', contestants }
}

export const push = row('push', 'append 10,000 on the right; each', ({ push }, make, times) =>
  push(make, times),
)

export const pop = row('pop', 'take 10,000 from the right; each', ({ pop }, make, times) => pop(make, times))

/** An array moves all its items for every one. */
export const unshift = row(
  'unshift',
  'insert 10,000 on the left; each',
  ({ unshift }, make, times) => unshift(make, times),
  5,
)

export const shift = row(
  'shift',
  'take 10,000 from the left; each',
  ({ shift }, make, times) => shift(make, times),
  20,
)

export const queue = row(
  'queue',
  'in on the right, out on the left, 10,000 inside; each',
  ({ queue }, make, times) => queue(make, times),
  5,
)

/** Yallist has no bound, and an array neither: they are cut by hand. */
export const bounded: Row = {
  name: 'maxlen',
  job: 'append, and keep the last 10,000; each',
  unit: 'ns',
  baseline: 'array',
  contestants: {
    array: async () => loops.array!.lastOnes(makers.array!, 5, false),
    'omakase Deque': async () =>
      loops['omakase Deque']!.lastOnes(() => new Deque<number>([], SIZE), TIMES, true),
    denque: async () => loops.denque!.lastOnes(() => new Denque<number>([], { capacity: SIZE }), TIMES, true),
    yallist: async () => loops.yallist!.lastOnes(makers.yallist!, TIMES, false),
  },
}

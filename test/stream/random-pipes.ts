import { checkpoint, sleep } from 'omakase'
import {
  batch,
  drop,
  fan,
  filter,
  flatMap,
  map,
  merge,
  pipe,
  type Source,
  type Stream,
  scan,
  take,
  tee,
  throttle,
  toArray,
  window,
  zip,
} from 'omakase/stream'
import type { Random } from '../core/random-trees/random.js'
import { Counted } from './counted.js'

/** A random pipe, and what it is worth: the same said with arrays. */
export interface Plan {
  readonly name: string
  /** Whether the order of the items is left open. */
  readonly isUnordered: boolean
  readonly expected: readonly number[]
  /** Makes it anew, over sources of its own. */
  make(): Made
}

export interface Made {
  readonly stream: Stream<number>
  readonly sources: readonly Counted[]
  /** Calls of functions that have begun and not ended. */
  readonly calls: () => number
}

/** What a plan is made with. */
interface Kit {
  source(length: number, isAsync: boolean): () => Source<number>
  /** The function, as one of the kinds that a stage takes. */
  fn<R>(kind: Kind, fn: (n: number) => R): (n: number) => any
}

const KINDS = ['plain', 'async', 'waiting', 'ready', 'sleeping'] as const
type Kind = (typeof KINDS)[number]

interface Part {
  readonly name: string
  readonly isUnordered?: true
  apply(stream: Stream<number>, kit: Kit): Stream<number>
  model(items: readonly number[]): number[]
}

const isKept = (n: number) => n % 3 !== 0
const sum = (items: readonly number[]) => items.reduce((a, b) => a + b, 0)
const cut = (items: readonly number[], size: number, step: number, whole: boolean) => {
  const pieces: number[][] = []
  for (let at = 0; at < items.length; at += step) pieces.push(items.slice(at, at + size))
  return whole ? pieces.filter(piece => piece.length === size) : pieces
}

/** Stages that treat each item by itself, so that the order does not matter to them. */
const each: Record<string, (random: Random) => Part> = {
  map(random) {
    const kind = kindOf(random)
    const concurrency = 1 + random.below(4)
    const add = random.below(10)
    return {
      name: `map(${kind}, ${concurrency})`,
      apply: (stream, kit) =>
        pipe(
          stream,
          map(
            kit.fn(kind, n => n + add),
            { concurrency },
          ),
        ),
      model: items => items.map(n => n + add),
    }
  },
  filter(random) {
    const kind = kindOf(random)
    return {
      name: `filter(${kind})`,
      apply: (stream, kit) => pipe(stream, filter(kit.fn(kind, isKept))),
      model: items => items.filter(isKept),
    }
  },
  flatMap(random) {
    const kind = kindOf(random)
    const most = random.below(4)
    const isAsync = random.chance(0.5)
    return {
      name: `flatMap(${kind}, ${most})`,
      apply: (stream, kit) =>
        pipe(
          stream,
          flatMap(n => pipe(kit.source(Math.abs(n) % (most + 1), isAsync), map(kit.fn(kind, i => n + i)))),
        ),
      model: items => items.flatMap(n => Array.from({ length: Math.abs(n) % (most + 1) }, (_, i) => n + i)),
    }
  },
  tee(random) {
    const count = random.below(5)
    return {
      name: `tee(take ${count})`,
      apply: stream =>
        pipe(
          stream,
          tee(side => pipe(side, take(count), toArray())),
        ),
      model: items => [...items],
    }
  },
  throttle(random) {
    const count = 1 + random.below(3)
    return {
      name: `throttle(${count})`,
      apply: stream => pipe(stream, throttle(count, 1)),
      model: items => [...items],
    }
  },
}

/** Stages for which the order matters. */
const ordered: Record<string, (random: Random) => Part> = {
  fan(random) {
    const kind = kindOf(random)
    const workers = 1 + random.below(4)
    const buffer = random.below(4)
    return {
      name: `fan(${kind}, ${workers} + ${buffer})`,
      apply: (stream, kit) =>
        fan(
          stream,
          kit.fn(kind, n => 0 - n),
          { workers, buffer },
        ),
      model: items => items.map(n => 0 - n),
    }
  },
  take(random) {
    const count = random.below(12)
    return {
      name: `take(${count})`,
      apply: stream => pipe(stream, take(count)),
      model: items => items.slice(0, count),
    }
  },
  drop(random) {
    const count = random.below(5)
    return {
      name: `drop(${count})`,
      apply: stream => pipe(stream, drop(count)),
      model: items => items.slice(count),
    }
  },
  scan() {
    return {
      name: 'scan',
      apply: stream =>
        pipe(
          stream,
          scan((a, b) => a + b, 0),
        ),
      model: items => items.map((_, i) => sum(items.slice(0, i + 1))),
    }
  },
  batch(random) {
    const size = 1 + random.below(4)
    return {
      name: `batch(${size})`,
      apply: stream => pipe(stream, batch(size), map(sum)),
      model: items => cut(items, size, size, false).map(sum),
    }
  },
  timedBatch(random) {
    const size = 1 + random.below(4)
    return {
      name: `batch(${size}, 1)`,
      // Which batches they are depends on the time; the items do not.
      apply: stream =>
        pipe(
          stream,
          batch(size, 1),
          flatMap(items => items),
        ),
      model: items => [...items],
    }
  },
  window(random) {
    const size = 1 + random.below(4)
    const step = 1 + random.below(4)
    return {
      name: `window(${size}, ${step})`,
      apply: stream => pipe(stream, window(size, step), map(sum)),
      model: items => cut(items, size, step, true).map(sum),
    }
  },
  zip(random) {
    const length = random.below(15)
    const isAsync = random.chance(0.5)
    return {
      name: `zip(${length})`,
      apply: (stream, kit) => pipe(zip(stream, kit.source(length, isAsync)), map(sum)),
      model: items => items.slice(0, length).map((n, i) => n + i),
    }
  },
}

/** Stages behind which the order is open. */
const unordered: Record<string, (random: Random) => Part> = {
  fan(random) {
    const kind = kindOf(random)
    return {
      name: `fan(${kind}, unordered)`,
      isUnordered: true,
      apply: (stream, kit) =>
        fan(
          stream,
          kit.fn(kind, n => n * 2),
          { workers: 3, ordered: false },
        ),
      model: items => items.map(n => n * 2),
    }
  },
  merge(random) {
    const length = random.below(5)
    const isAsync = random.chance(0.5)
    return {
      name: `merge(${length})`,
      isUnordered: true,
      apply: (stream, kit) => merge(stream, kit.source(length, isAsync)),
      model: items => [...items, ...Array(length).keys()],
    }
  },
}

function kindOf(random: Random): Kind {
  return KINDS[random.below(KINDS.length)]!
}

function pick<T>(random: Random, from: Record<string, T>): T {
  const all = Object.values(from)
  return all[random.below(all.length)]!
}

export function draw(random: Random): Plan {
  const length = random.below(20)
  const isAsync = random.chance(0.3)
  const parts: Part[] = []
  for (let left = random.below(6); left > 0; left--) {
    const isOpen = parts.some(part => part.isUnordered)
    const kinds = isOpen ? each : random.chance(0.15) ? unordered : random.chance(0.5) ? each : ordered
    parts.push(pick(random, kinds)(random))
  }
  return {
    name: [`${isAsync ? 'async ' : ''}${length} items`, ...parts.map(part => part.name)].join(' → '),
    isUnordered: parts.some(part => part.isUnordered),
    expected: parts.reduce<number[]>((items, part) => part.model(items), [...Array(length).keys()]),
    make() {
      const { kit, sources, calls } = makeKit()
      const stream = parts.reduce(
        (stream, part) => part.apply(stream, kit),
        pipe(kit.source(length, isAsync)),
      )
      return { stream, sources, calls }
    },
  }
}

function makeKit() {
  const sources: Counted[] = []
  let calls = 0
  const kit: Kit = {
    source(length, isAsync) {
      const source = new Counted(length)
      sources.push(source)
      return isAsync ? source.async : source.sync
    },
    fn(kind, fn) {
      if (kind === 'plain') return fn
      if (kind === 'async') return async n => fn(n)
      return function* (n) {
        calls++
        try {
          if (kind === 'waiting') yield* checkpoint()
          if (kind === 'sleeping') yield* sleep((Math.abs(n) * 7) % 3)
          return fn(n)
        } finally {
          calls--
        }
      }
    },
  }
  return { kit, sources, calls: () => calls }
}

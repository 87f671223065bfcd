import type { Co } from '../core/index.js'
import { Bell } from './bell.js'
import { Branch } from './branch.js'
import { END, next } from './flow.js'
import { checkFunction } from './given.js'
import type { Sink } from './pipe.js'
import { reading } from './reading.js'
import type { Stream } from './stream.js'

type Results<B> = { -readonly [K in keyof B]: B[K] extends (stream: any) => Co<infer R> ? R : never }

/**
 * Gives every item to several sinks at once; gives what they gave. The slowest sets the pace: an item is read when all
 * have asked for it that have not had enough, and the source is closed when all have.
 *
 * @example
 * const sum = reduce((a: number, b: number) => a + b, 0)
 * yield* pipe([1, 2, 3], broadcast(sum, toArray())) // [6, [1, 2, 3]]
 * @throws UsageError where a sink is no function.
 */
export function broadcast<A, B extends readonly ((stream: Stream<A>) => Co<any>)[]>(
  ...sinks: B
): Sink<A, Results<B>> {
  for (const sink of sinks) checkFunction('broadcast', sink)
  return stream =>
    reading('broadcast', stream.flow, function* (flow, line) {
      const bell = new Bell('the sinks of a broadcast to ask for an item', () =>
        branches.flatMap(branch => branch.waitedFor),
      )
      const branches: Branch<A, any>[] = sinks.map(
        sink => new Branch<A, any>(sink, bell, body => line.scope.spawn(body, { name: 'sink' })),
      )
      for (;;) {
        while (!branches.every(branch => branch.isReady)) yield* bell.wait()
        if (branches.every(branch => branch.isOver)) break
        const item = yield* next(flow)
        if (item === END) break
        for (const branch of branches) branch.give(item)
      }
      for (const branch of branches) branch.end()
      const results: any[] = []
      for (const branch of branches) results.push(yield* branch.task)
      return results as Results<B>
    })
}

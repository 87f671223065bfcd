import { usage } from './errors.js'
import { END, type Flow, type Pulled, park, type Taker } from './flow.js'
import { checkFunction } from './given.js'
import type { Line } from './line.js'
import type { Stage } from './pipe.js'
import { type ReadableLike, streamOf } from './source.js'
import { Stream } from './stream.js'
import { type NodeWritable, type WebWritable, writeAll } from './writing.js'

/** Something that items are written to and others are read from: a Node duplex stream, or a web one of two halves. */
export type Transformer<A, B> =
  | (NodeWritable & AsyncIterable<B>)
  | { readonly readable: ReadableLike<B>; readonly writable: WebWritable<A> }

/**
 * Sends the items through a Node duplex stream or a web transform stream, which is made anew for each reading.
 *
 * @example
 * import { createGunzip, gzipSync } from 'node:zlib'
 * const packed = [gzipSync('one\ntwo\n')]
 * yield* pipe(packed, through<Buffer, Buffer>(() => createGunzip()), lines(), toArray()) // ['one', 'two']
 * @throws UsageError where `make` is no function, or gives no such stream.
 */
export function through<A, B>(make: () => Transformer<A, B>): Stage<A, B> {
  checkFunction('through', make)
  return stream => new Stream(line => new ThroughFlow(line.fork(), stream, make))
}

class ThroughFlow<A, B> implements Flow<B>, Taker<void> {
  private readonly line: Line
  private readonly up: Flow<A>
  private readonly make: () => Transformer<A, B>
  private out: Flow<B> | null = null
  private hasEnded = false

  constructor(line: Line, stream: Stream<A>, make: () => Transformer<A, B>) {
    this.line = line
    this.up = stream.flow(line.fork())
    this.make = make
  }

  pull(): Pulled<B> {
    if (this.hasEnded) return END
    this.out ??= this.begin()
    const item = this.out.pull()
    // Whatever it has not read is not wanted any more.
    return item === END ? park(this.line.close(), this) : item
  }

  resume(): void {
    this.hasEnded = true
    this.line.done()
  }

  private begin(): Flow<B> {
    const { line, up } = this
    const made = this.make()
    if (typeof made !== 'object' || made === null) throw usage.notWritable(made)
    const [readable, writable] = isPair(made) ? [made.readable, made.writable] : [made, made]
    const out = streamOf<B>('through', readable).flow(line)
    // Aborting may wait for what only the closing of the other side sets free, so it is not waited for by itself.
    const onClose = (abort: () => unknown) =>
      line.onClose(() => void Promise.resolve(abort()).catch(() => {}))
    line.spawn(writeAll(up, { onClose }, writable, true), 'through')
    return out
  }
}

/** A Node stream has properties of these names, too: booleans. */
function isPair<A, B>(made: Transformer<A, B>): made is Exclude<Transformer<A, B>, NodeWritable> {
  return 'writable' in made && typeof made.writable === 'object'
}

import { type Co, run as runTask, spawn, type Task, wait } from '../core/index.js'
import type { Coroutine } from '../core/internal.js'
import { CoFrame } from '../core/internal.js'
import type { UserFunction } from '../workers/entry/sink.js'
import type { Context } from '../workers/internal.js'
import { prepareElsewhere } from './elsewhere.js'
import { fromIterable, type Inputs } from './input/iterable.js'
import { normalise } from './options/normalise.js'
import type { MapOptions } from './options/options.js'
import { mayGrow } from './plan/may-grow.js'
import { jobOf, type Prepared, prepareClosure, prepareModule } from './prepare.js'
import { reportOf, writeReport } from './report.js'
import { type Result, ResultBuffer } from './run/buffer.js'
import { InOrder } from './run/in-order.js'
import { type Live, runJob } from './run/job.js'
import { Outputs } from './run/outputs.js'

export { BadUsage } from '../workers/bad-usage.js'
export type { Context, Inputs, MapOptions, Result }

/** A function for each item: plain, async, or one that gives a coroutine. */
export type MapFunction<I, O> = (input: I, context: Context) => Co<O> | Coroutine<O> | PromiseLike<O> | O

/** A run that has not begun: loop over its results, or take its outputs. One use. */
export interface MapRun<I, O> extends AsyncIterable<Result<I, O>> {
  /**
   * All outputs in the order of the inputs. The first failure ends the run and is thrown. `yield*` it in a coroutine,
   * where it is a part of the task tree, or `await` it.
   */
  outputs(): Co<O[]>
  /** The next result, in a coroutine: the run is a child of the scope in which this is first called. */
  next(): Co<IteratorResult<Result<I, O>, undefined>>
  /** Stops everything and waits for it. */
  close(): Co<void>
}

/**
 * Runs a function over many inputs, choosing by measurement how: on one event loop, or in processes, how many at
 * once, and how many in a message. A module, given by its URL, runs in child processes; a closure runs on this event
 * loop, which loses isolation, killing and parallel computing.
 *
 * @param inputs an array, an iterable or an async iterable; read only as far as needed.
 * @param fn the URL of a module (`#name` for an export other than the default), or a function.
 * @example
 * const lengths = await map(['a', 'bb'], word => word.length).outputs() // [1, 2]
 * for await (const { input, output, error } of map(['a', 'bb'], new URL('./shout.js', import.meta.url), { retries: 2 }))
 *   console.log(input, error ?? output)
 * @throws BadUsage when the run begins, for options that mean nothing and modules that cannot be used.
 */
export function map<I, O>(inputs: Inputs<I>, fn: MapFunction<I, O>, options?: MapOptions): MapRun<I, O>
export function map<O = unknown, I = unknown>(inputs: Inputs<I>, fn: URL, options?: MapOptions): MapRun<I, O>
export function map<I, O>(
  inputs: Inputs<I>,
  fn: URL | MapFunction<I, O>,
  options: MapOptions = {},
): MapRun<I, O> {
  return new Run(inputs, fn, options)
}

class Run<I, O> implements MapRun<I, O> {
  private readonly inputs: Inputs<I>
  private readonly fn: URL | MapFunction<I, O>
  private readonly options: MapOptions
  private readonly buffer = new ResultBuffer<I, O>()
  private task: Task<void> | null = null

  constructor(inputs: Inputs<I>, fn: URL | MapFunction<I, O>, options: MapOptions) {
    this.inputs = inputs
    this.fn = fn
    this.options = options
  }

  outputs(): Co<O[]> {
    return new CoFrame(this.collect())
  }

  next(): Co<IteratorResult<Result<I, O>, undefined>> {
    return new CoFrame(this.taking())
  }

  close(): Co<void> {
    return new CoFrame(this.closing())
  }

  [Symbol.asyncIterator](): AsyncIterator<Result<I, O>, undefined> {
    this.begin(body => runTask(body, { name: 'map' }))
    return {
      next: async () => this.buffer.ready() ?? this.next(),
      return: async () => {
        await runTask(() => this.close())
        return { done: true, value: undefined }
      },
    }
  }

  private *collect(): Coroutine<O[]> {
    const given = normalise(this.options)
    const prepared = yield* this.prepare()
    try {
      const outputs = new Outputs<O>(prepared.revive)
      const job = jobOf(prepared, fromIterable(this.inputs), outputs, given)
      yield* this.reported(prepared.name, runJob({ ...job, watch: live => outputs.follow(live) }))
      return outputs.list
    } finally {
      prepared.dispose()
    }
  }

  private *running(buffer: ResultBuffer<I, O>): Coroutine<void> {
    const given = normalise(this.options)
    const prepared = yield* this.prepare()
    try {
      buffer.revive = prepared.revive
      const outlet = given.ordered === true ? new InOrder(buffer) : buffer
      yield* this.reported(prepared.name, runJob(jobOf(prepared, fromIterable(this.inputs), outlet, given)))
    } finally {
      prepared.dispose()
    }
  }

  private *reported(name: string, job: Co<Live>): Coroutine<void> {
    const began = performance.now()
    const live = yield* job
    const { report } = live.settings
    if (report !== undefined)
      yield* wait(writeReport(report, reportOf(name, live, performance.now() - began)))
  }

  private *prepare(): Coroutine<Prepared> {
    const { fn, inputs } = this
    const given = normalise(this.options)
    if (!(fn instanceof URL)) return prepareClosure(fn as UserFunction, given)
    const preparing =
      given.on === 'cluster'
        ? prepareElsewhere(fn, given)
        : prepareModule(fn, 'clone', {
            place: given.on === 'threads' ? 'threads' : 'processes',
            mayGrow: mayGrow(given, Array.isArray(inputs) ? inputs.length : undefined),
          })
    let prepared: Prepared | undefined
    try {
      prepared = yield* wait(preparing)
      return prepared
    } finally {
      // Cancelled meanwhile: nobody else will take it.
      if (prepared === undefined)
        preparing.then(
          late => late.dispose(),
          () => {},
        )
    }
  }

  private begin(start: (body: () => Co<void>) => Task<void>): void {
    if (this.task !== null) return
    const { buffer } = this
    this.task = start(() => new CoFrame(buffer.following(this.running(buffer))))
  }

  private *taking(): Coroutine<IteratorResult<Result<I, O>, undefined>> {
    this.begin(body => spawn(body, { name: 'map', daemon: true }))
    return yield* this.buffer.next()
  }

  private *closing(): Coroutine<void> {
    if (this.task === null) return
    this.task.cancel('the loop was left')
    yield* this.task.settled()
  }
}

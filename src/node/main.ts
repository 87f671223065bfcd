import { constants } from 'node:os'
import type { Writable } from 'node:stream'
import { inspect } from 'node:util'
import {
  type Body,
  CancelledError,
  co,
  currentTask,
  run,
  type Scope,
  scope,
  type Task,
} from '../core/index.js'
import {
  bodyFrame,
  type Coroutine,
  checkDuration,
  isError,
  queued,
  type ScopeImpl,
} from '../core/internal.js'
// It tells of deadlocks, also where a program has nothing but this entry.
import '../debug/attach.js'
import { usage } from './errors.js'
import { isTaken } from './signals.js'

/** How `main` ends. */
export interface MainOptions {
  /** Milliseconds that cleanup may take after the first signal; 10,000 by default. */
  readonly grace?: number
}

const DEFAULT_GRACE = 10_000
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** What a shell says of a process that wrote to a pipe without a reader. */
const BROKEN_PIPE = 128 + 13
/** A process without anything to do would end, and hear no signals. */
const LONGEST_TIMER = 2 ** 31 - 1

let isStarted = false

/**
 * Runs the body as the program, and ends the process with it: with exit code 0 (or `process.exitCode`), 1 where it or
 * anything outside of it fails, 128 and its number after a signal: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP.
 * The first signal cancels the body, whose cleanup then has `grace`; a second one ends the process at once. Errors are
 * written to standard error, what was written is flushed. SIGUSR2 writes the tree of tasks to standard error.
 *
 * @example
 * main(function* () {
 *   yield* use(() => console.log('open'), () => console.log('close'))
 *   yield* sleep(10) // Ctrl-C cancels it here
 * })
 * @throws UsageError where it is called twice, or inside of a task.
 */
export function main(body: Body<unknown>, options: MainOptions = {}): void {
  if (currentTask() !== undefined) throw usage.mainInside()
  if (isStarted) throw usage.mainTwice()
  const grace = checkDuration('main: grace', options.grace ?? DEFAULT_GRACE)
  isStarted = true
  new Main(body, grace)
}

class Main {
  private readonly task: Task<unknown>
  private scope: Scope | null = null
  /** Why it is cancelled: the first that asked. Anything can be thrown, also `undefined`. */
  private cause: { readonly reason: unknown } | null = null
  private signal: NodeJS.Signals | null = null
  private hasFailed = false
  private outputIsGone = false
  private readonly reported = new Set<unknown>()
  private wait: NodeJS.Timeout | undefined
  private looks = 0

  constructor(body: Body<unknown>, grace: number) {
    for (const signal of ENDING) process.on(signal, this.hear)
    process.on('SIGUSR2', this.dump)
    process.on('uncaughtException', this.fail)
    process.on('beforeExit', this.stay)
    process.stdout.on('error', this.failOutput)
    process.stderr.on('error', () => {})
    const name = (typeof body === 'function' && body.name) || 'main'
    this.task = run(() => whole(body, grace, scope => this.opened(scope)), { name })
    // Not by joining it: a root that waits for another one has its part in deadlocks.
    this.task.then(
      () => this.end(),
      error => this.end(error),
    )
  }

  private opened(scope: Scope): void {
    this.scope = scope
    if (this.cause !== null) scope.cancel(this.cause.reason)
  }

  // The scope and not the task: what the body gives all the same counts.
  private cancel(reason: unknown): void {
    this.cause ??= { reason }
    this.scope?.cancel(reason)
  }

  private async end(error?: unknown): Promise<void> {
    const { cause } = this
    const isCancelled = cause !== null && error instanceof CancelledError && error.reason === cause.reason
    if (this.task.state !== 'ok' && !isCancelled) this.fail(error)
    clearInterval(this.wait)
    await Promise.all([flushed(process.stdout), flushed(process.stderr)])
    process.exit(this.code(isCancelled))
  }

  private code(isCancelled: boolean): number | string {
    if (this.hasFailed) return 1
    if (!isCancelled) return process.exitCode ?? 0
    return this.outputIsGone && this.signal === null ? BROKEN_PIPE : codeOf(this.signal!)
  }

  private readonly hear = (signal: NodeJS.Signals): void => {
    this.wake()
    if (isTaken(signal)) return
    if (this.signal !== null) process.exit(codeOf(signal))
    this.signal = signal
    this.cancel(signal)
  }

  /** An error that nobody has caught, or a rejection. */
  private readonly fail = (error: unknown): void => {
    this.report(error)
    this.hasFailed = true
    this.cancel(error)
  }

  private readonly failOutput = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') this.fail(error)
    this.outputIsGone = true
    this.cancel('nobody reads what it writes')
  }

  private readonly dump = async (signal: NodeJS.Signals): Promise<void> => {
    this.wake()
    if (isTaken(signal)) return
    const { dump } = await import('../debug/dump.js')
    process.stderr.write(dump())
  }

  private report(error: unknown): void {
    if (this.reported.has(error)) return
    this.reported.add(error)
    process.stderr.write(`${shown(error)}\n`)
  }

  /** Nothing is left to do, and the body still waits: for a signal, where that is no deadlock. */
  private readonly stay = (): void => {
    // The first time the search for deadlocks may only have begun; where it found one, tasks are to be stepped.
    if (this.looks++ === 0 || queued() > 0) setImmediate(() => {})
    else this.wait ??= setInterval(() => {}, LONGEST_TIMER)
  }

  private wake(): void {
    clearInterval(this.wait)
    this.wait = undefined
    this.looks = 0
  }
}

const whole = co(function* (
  body: Body<unknown>,
  grace: number,
  opened: (scope: Scope) => void,
): Coroutine<unknown> {
  return yield* scope(
    function* main(scope) {
      opened(scope)
      return yield* bodyFrame(body, [], scope as ScopeImpl)
    },
    { name: 'main', grace },
  )
})

/** What is thrown may have code of its own for showing it, and that may fail. */
function shown(error: unknown): string {
  try {
    return `${isError(error) ? '' : 'thrown: '}${inspect(error, { colors: process.stderr.isTTY })}`
  } catch {
    return inspect(error, { customInspect: false, showProxy: true })
  }
}

function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/** Waits until all is out, or nobody is there to read it. */
function flushed(stream: Writable): Promise<void> {
  return new Promise(resolve => {
    if (!stream.writable) resolve()
    else stream.write('', () => resolve())
  })
}

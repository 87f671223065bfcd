import { type Co, co, run, type SpawnOptions, scope, start } from '../../core/index.js'
import { type Coroutine, IS_CO } from '../../core/internal.js'
import { usage } from '../errors.js'
import { type Completed, judged } from './completed.js'
import { launch } from './launch.js'
import { type Spec, type SubprocessOptions, specOf } from './options.js'
import { outputEnds } from './output-ends.js'
import { type Running, RunningImpl } from './running.js'

/** A command that can be run, once: `yield*` it, or `.start()` it. */
export interface Subprocess extends Co<Completed> {
  /**
   * Starts it as a child of the innermost scope, which waits for its end, fails when it fails and stops it when it is
   * cancelled. With `daemon: true` it is stopped when all else in the scope has ended.
   */
  start(options?: SpawnOptions): Co<Running>
}

/**
 * A command with its arguments, each of which reaches it as it is: no shell is between. `yield*` runs it to its end and
 * gives what it wrote; `.start()` gives it while it runs. A cancellation sends SIGTERM to it and all that it has
 * started, and SIGKILL after `grace`. It never outlives this process, however that ends.
 *
 * @example
 * const { stdout } = yield* subprocess('node', ['--print', '6 * 7'])
 * stdout // '42'
 * @throws SubprocessError where it cannot be started, exits with another code than 0 or is killed.
 */
export function subprocess(
  command: string,
  args: readonly string[] = [],
  options: SubprocessOptions = {},
): Subprocess {
  return new Command([specOf(command, args, options)])
}

/**
 * Commands of which each reads what the one before it writes, at the pace of the slowest. It fails where any of them
 * fails; one whose reader wanted no more (`yes` before `head`) may end as it likes.
 *
 * @example
 * const { stdout } = yield* pipe(
 *   subprocess('printf', ['3\\n1\\n2\\n']),
 *   subprocess('sort', ['-n']),
 *   subprocess('tail', ['-1']),
 * )
 * stdout // '3'
 * @throws SubprocessError where one of them fails; UsageError for fewer than two, and for one that was used.
 */
export function pipe(...commands: readonly Subprocess[]): Subprocess {
  for (const each of commands) if (!(each instanceof Command)) throw usage.notAPart(each)
  if (commands.length < 2) throw usage.notAPart(commands[0])
  return new Command((commands as readonly Command[]).flatMap(each => each.take()))
}

class Command implements Subprocess {
  declare readonly [IS_CO]: true
  private readonly specs: readonly Spec[]
  private isUsed = false

  constructor(specs: readonly Spec[]) {
    this.specs = specs
  }

  get name(): string {
    return this.specs.map(({ command }) => command).join(' | ')
  }

  take(): readonly Spec[] {
    if (this.isUsed) throw usage.usedTwice(this.name)
    this.isUsed = true
    return this.specs
  }

  [Symbol.iterator](): Iterator<any, Completed, any> {
    return runToEnd(this.take(), this.name)[Symbol.iterator]()
  }

  then<A = Completed, B = never>(
    onfulfilled?: ((value: Completed) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return run(() => this as Co<Completed>, { name: this.name }).then(onfulfilled, onrejected)
  }

  start(options: SpawnOptions = {}): Co<Running> {
    const { name } = this
    const specs = this.take()
    return start<Running>(ready => keepRunning(specs, ready), { name, ...options })
  }
}

Object.defineProperty(Command.prototype, IS_CO, { value: true })

const runToEnd = co(function* (specs: readonly Spec[], name: string): Coroutine<Completed> {
  return yield* scope(
    function* (scope) {
      const { parts, stdout } = yield* launch(scope, specs, false)
      for (const { live } of parts) yield* live.wait()
      for (const { live } of parts) {
        yield* outputEnds(live.stdout)
        yield* outputEnds(live.stderr)
      }
      const statuses = judged(parts)
      const { bytes, text } = stdout
      return { ...statuses.at(-1)!, stdout: text, bytes, parts: statuses }
    },
    { name },
  )
})

const keepRunning = co(function* (
  specs: readonly Spec[],
  ready: (running: Running) => void,
): Coroutine<void> {
  yield* scope(function* (scope) {
    const { parts } = yield* launch(scope, specs, true)
    const running = new RunningImpl(parts)
    // What still comes while it is stopped is for nobody, and must not hold it up.
    scope.defer(() => running.drop())
    ready(running)
    for (const { live } of parts) yield* live.wait()
    running.keep()
    for (const { live } of parts) {
      yield* outputEnds(live.stdout)
      yield* outputEnds(live.stderr)
    }
    judged(parts)
  })
})

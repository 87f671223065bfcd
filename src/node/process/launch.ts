import type { Writable } from 'node:stream'
import { CancelledError, co, forEach, type Scope, type Source, scope, wait } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import { tooLong, usage } from '../errors.js'
import { writer } from '../writer.js'
import { Capture } from './capture.js'
import type { Part } from './completed.js'
import { link } from './link.js'
import { Live, type Pipes, stopAll } from './live.js'
import { DEFAULT_MAX_BUFFER, type Spec } from './options.js'

interface Launched {
  readonly parts: readonly Part[]
  /** What the last one writes, unless somebody reads that as it comes. */
  readonly stdout: Capture
}

/** Starts all of them in the scope, which stops at its end what still runs then. */
export const launch = co(function* (
  scope: Scope,
  specs: readonly Spec[],
  isLive: boolean,
): Coroutine<Launched> {
  const end = specs.length - 1
  const pipes = specs.map((spec, at) => pipesOf(spec, at === 0, at === end, isLive))
  // Only who starts a process pays for loading it.
  const { execa } = yield* wait(import('execa'))
  const lives: Live[] = []
  scope.defer(() => {
    for (const live of lives) live.release()
  })
  scope.defer(() => stopAll(lives))
  const parts = specs.map((spec, at): Part => {
    const live = new Live(execa, spec, pipes[at]!)
    lives.push(live)
    const stderr = captured(scope, live, 'stderr', !(isLive && at === end))
    return { live, stderr, wasCut: false }
  })
  const stdout = captured(scope, lives[end]!, 'stdout', !isLive)
  for (const live of lives) yield* live.started()
  for (const [at, up] of parts.slice(0, -1).entries()) {
    const linked = link(up, parts[at + 1]!)
    scope.spawn(linked, { name: 'link' })
  }
  feed(scope, lives[0]!)
  return { parts, stdout }
})

function pipesOf({ options, command }: Spec, isFirst: boolean, isLast: boolean, isLive: boolean): Pipes {
  const { input, stdin, stdout, stderr = isLive ? 'inherit' : 'pipe' } = options
  if (!isFirst && (input !== undefined || stdin !== undefined)) throw usage.inputTaken(command)
  if (!isLast && stdout !== undefined) throw usage.outputTaken(command)
  // One that nobody can write to would never end.
  const unfed = isLive ? (stdin ?? 'pipe') : stdin === 'inherit' ? 'inherit' : 'ignore'
  return { stdin: !isFirst || input !== undefined ? 'pipe' : unfed, stdout: stdout ?? 'pipe', stderr }
}

function captured(scope: Scope, live: Live, what: 'stdout' | 'stderr', isOurs: boolean): Capture {
  const { maxBuffer = DEFAULT_MAX_BUFFER, overflow = 'fail' } = live.spec.options
  const fail = () => {
    scope.spawn(function* () {
      throw tooLong(live.spec.command, what === 'stdout' ? 'standard output' : 'standard error', maxBuffer)
    })
  }
  return new Capture(isOurs ? live[what] : null, maxBuffer, overflow === 'fail' ? fail : null)
}

function feed(owner: Scope, { stdin, spec }: Live): void {
  const { input } = spec.options
  if (input === undefined || stdin === null) return
  if (typeof input === 'string' || input instanceof Uint8Array) {
    stdin.end(input)
    return
  }
  owner.spawn(() => feeding(stdin, input), { name: 'input', daemon: true })
}

const feeding = co(function* (stdin: Writable, input: Source<string | Uint8Array>): Coroutine<void> {
  const out = writer(stdin)
  try {
    yield* scope(function* (reading) {
      yield* forEach(input, function* (chunk) {
        try {
          yield* out.send(chunk)
        } catch (error) {
          if (stdin.writable) throw error
          // It may stop reading when it likes.
          reading.cancel()
        }
      })
    })
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error
  }
  out.close()
})

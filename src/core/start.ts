import { usage } from './errors.js'
import { CoFrame } from './frame.js'
import { Operation } from './operation.js'
import type { ScopeImpl } from './scope.js'
import { ACTIVE, currentScope, FAILED, type Reporter, TaskImpl } from './task.js'
import type { BodyWith, Co, Coroutine, SpawnOptions } from './types.js'

type StartBody<V> = BodyWith<[ready: (value: V) => void, signal: AbortSignal], unknown>

/** Waits until a child has said that it is ready. What happens to it before is told here, and not to its scope. */
class Readiness<V> extends Operation<V> implements Reporter {
  private readonly scope: ScopeImpl
  private readonly body: StartBody<V>
  private readonly options: SpawnOptions | undefined
  child: TaskImpl | null = null
  ready = false

  constructor(scope: ScopeImpl, body: StartBody<V>, options: SpawnOptions | undefined) {
    super()
    this.scope = scope
    this.body = body
    this.options = options
  }

  begin(): boolean {
    this.child = TaskImpl.child(this.scope, this.body, this.options, [this.onReady], this)
    return false
  }

  withdraw(): boolean {
    return true
  }

  private readonly onReady = (value: V): void => {
    if (this.ready) throw usage.readyTwice(this.child!.name)
    this.ready = true
    this.grant(value)
  }

  ended(child: TaskImpl): boolean {
    if (this.ready) return false
    const expected = this.pending
    if (child.status === FAILED) this.reject(child.value)
    else this.reject(usage.notReady(child.name))
    // One that fails after the start was given up is an error of its cleanup.
    return expected
  }

  override heldBy(): readonly TaskImpl[] {
    return [this.child!]
  }

  describe(): string {
    return `"${this.child?.name}" to be ready`
  }
}

function* starting<V>(readiness: Readiness<V>): Coroutine<V> {
  try {
    return yield* readiness
  } finally {
    const { child, ready } = readiness
    if (child?.status === ACTIVE && !ready) {
      child.cancel()
      const exit = yield* child.settled()
      // Its scope may let children fail alone, and this was the one that looked.
      // biome-ignore lint/correctness/noUnsafeFinally: an error of the cleanup is kept beside the one on its way
      if (exit.status === 'failed') throw exit.error
    }
  }
}

export function startChild<V>(
  scope: ScopeImpl,
  body: StartBody<V>,
  options: SpawnOptions | undefined,
): Co<V> {
  return new CoFrame(starting(new Readiness(scope, body, options)))
}

/**
 * Starts a child that says when it is ready, and waits for that. A failure before is thrown here; after it, the
 * child is one like any other.
 *
 * @example
 * const greet = yield* start<(name: string) => string>(function* (ready) {
 *   yield* sleep(10) // opens what it needs
 *   ready(name => `hello ${name}`)
 *   yield* forever()
 * }, { daemon: true })
 * greet('you') // 'hello you'
 * @throws what the child throws before it is ready; UsageError where it ends without being ready.
 * @see trio's `Nursery.start`
 */
export function start<V>(body: StartBody<V>, options?: SpawnOptions): Co<V> {
  return new CoFrame(startingHere(body, options))
}

function* startingHere<V>(body: StartBody<V>, options: SpawnOptions | undefined): Coroutine<V> {
  return yield* startChild(currentScope('start()', 'write scope.start(body)'), body, options)
}

import { DeadlockError, describe, isThenable, UsageError } from './errors.js'

/** What was done wrong and what to write instead: a function each, so that a bundler leaves out what a program cannot do. */

export const instead = (what: string, value: unknown, wanted: string) =>
  new UsageError(`${what} got ${describe(value)}; give ${wanted}`)

export const usedTwice = (name: string) =>
  new UsageError(
    `${name} was used twice: what a coroutine function returns can be used once; call ${name}() again, or join a task: const task = spawn(${name})`,
  )

export const outside = (what: string, instead: string) =>
  new UsageError(`${what} was called outside of a task; ${instead}`)

export const outsideOf = (name: string) =>
  new UsageError(
    `${name} was stepped outside of a task; write \`yield* ${name}()\` in a coroutine, or \`await ${name}()\` in async code`,
  )

export const foreignYield = (name: string, value: unknown) => {
  if (isThenable(value) && !isCo(value))
    return new UsageError(
      `${name} yielded a promise; write \`yield* wait(promise)\`, or \`yield* wait(signal => …)\` for one that can be cancelled`,
    )
  if (isCo(value)) return new UsageError(`${name} wrote \`yield\` without the star; write \`yield* …\``)
  return new UsageError(
    `${name} yielded ${describe(value)}, which is nothing that omakase can wait for; write \`yield* …\` with a coroutine, an operation or wait(promise)`,
  )
}

export const returned = (name: string, value: object) =>
  isThenable(value) && !isCo(value)
    ? new UsageError(`${name} returned a promise; write \`return yield* wait(promise)\``)
    : new UsageError(`${name} returned something that it has not waited for; write \`return yield* …\``)

export const notABody = (value: unknown) =>
  new UsageError(
    `${describe(value)} is no body; give a function (generator, async or plain) or what a coroutine function returns`,
  )

export const notAGenerator = (what: string, value: unknown) =>
  new UsageError(`${what} got ${describe(value)}; give it a generator function: ${what}(function* (…) { … })`)

export const notAManager = (value: unknown) =>
  new UsageError(`within got ${describe(value)}; give it what a function made by contextManager returns`)

export const yieldsNothing = (name: string) =>
  new UsageError(`${name} ended without a yield; a context manager yields once: yield resource`)

export const yieldsTwice = (name: string) =>
  new UsageError(`${name} yielded twice; a context manager yields once, and cleans up after it`)

export const startedGenerator = () =>
  new UsageError('a generator that has already been stepped cannot be run; give the generator function')

export const scopeEnded = (name: string) =>
  new UsageError(`the scope "${name}" has ended; spawn before it ends, or in a scope that lives longer`)

export const joinsItself = (name: string, other: string) =>
  new DeadlockError(
    name === other
      ? `task "${name}" joins itself, which can never end`
      : `task "${name}" joins "${other}", of which it is a part: each would wait for the other for ever`,
  )

export const notReady = (name: string) =>
  new UsageError(`"${name}" ended without calling ready(value); call it once when it is ready`)

export const readyTwice = (name: string) => new UsageError(`"${name}" called ready() twice; call it once`)

export const noContestants = (what: string) =>
  new UsageError(`${what}([]) can never end; give it at least one body`)

export const badDuration = (what: string, value: unknown) =>
  instead(what, value, 'milliseconds, 0 or more (Infinity for no end)')

export const badCount = (what: string, value: unknown) => instead(what, value, 'a whole number of 1 or more')

export const notAFunction = (what: string, value: unknown) => instead(what, value, 'a function')

export const badFactor = (what: string, value: unknown) => instead(what, value, 'a number of 1 or more')

export const notAHook = (name: string, names: readonly string[]) =>
  new UsageError(`instrument knows no hook ${name}; give ${names.join(', ')}`)

export const badHook = (name: string, value: unknown) =>
  new UsageError(`instrument got ${describe(value)} for ${name}; give a function`)

export const notIterable = (what: string, value: unknown) =>
  instead(what, value, 'an iterable, an async iterable or a receiver')

export const notAnEmitter = (value: unknown) =>
  new UsageError(`${describe(value)} sends no events; give an EventTarget or an EventEmitter`)

export const notDisposable = (value: unknown) =>
  new UsageError(
    `use got ${describe(value)} without a release; write use(acquire, release), or give something with Symbol.dispose or Symbol.asyncDispose`,
  )

function isCo(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

import { co, sleep, timeout } from '../../core/index.js'
import { bodyFrame, type Coroutine, currentScope } from '../../core/internal.js'
import { HealthError } from '../errors.js'
import type { Child } from './child.js'
import type { HealthOptions } from './options.js'

/** Looks after a child that runs; fails where it is unwell for too long, and so takes the child with it. */
export const watching = co(function* (child: Child, health: HealthOptions, value: unknown): Coroutine<void> {
  const { check, interval = 5000, timeout: limit = 2000, failures = 3 } = health
  for (;;) {
    yield* sleep(interval)
    try {
      const answer = yield* timeout(limit, function* () {
        return yield* bodyFrame(check, [value], currentScope('check', ''))
      })
      if (answer === false) throw new HealthError('the check gave false')
      child.unwell = 0
    } catch (error) {
      child.unwell++
      if (child.unwell >= failures) throw unwell(child.name, failures, error)
    }
  }
})

function unwell(name: string, failures: number, cause: unknown): HealthError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HealthError(`child "${name}" is unwell: ${failures} checks failed in a row; the last: ${why}`, {
    cause,
  })
}

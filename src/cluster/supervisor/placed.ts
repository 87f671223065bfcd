import type { ErrorRecord } from '../../workers/errors/record.js'
import type { Outcome, WorkerEvents } from '../../workers/internal.js'

/** The same events, with what fails knowing where that was: `on worker-3 (pid 811)`, below the lines of its stack. */
export function placed(events: WorkerEvents, by: string, pid: () => number): WorkerEvents {
  const place = (outcome: Outcome): Outcome => {
    if (outcome.ok || outcome.cancelled) return outcome
    const error = outcome.error as ErrorRecord
    if (error.stack === undefined) return outcome
    return { ...outcome, error: { ...error, stack: `${error.stack}\n    on ${by} (pid ${pid()})` } }
  }
  return { ...events, outcomes: (list, usage) => events.outcomes(list.map(place), usage) }
}

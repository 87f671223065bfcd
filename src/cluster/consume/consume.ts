import { run, type Task } from '../../core/index.js'
import type { Settings } from '../../map/options/options.js'
import type { Plan } from '../../map/plan/plan.js'
import { jobOf, prepareBundle } from '../../map/prepare.js'
import { type Live, runJob } from '../../map/run/job.js'
import { Planner } from '../../map/run/planner.js'
import type { PlannerParts } from '../../map/run/planning.js'
import { bundle, type FunctionSource } from '../../workers/load/index.js'
import type { Engine } from '../engine/engine.js'
import { Consumer } from './consumer.js'
import type { JobItem } from './job-item.js'
import { lookAt } from './look.js'

const ENTRY = new URL('./worker.js', import.meta.url)

export interface ConsumeOptions {
  readonly handler: FunctionSource
  readonly queue: string
  readonly prefix: string
  readonly name?: string
  readonly settings: Partial<Settings>
  /** Called with a line for whoever looks on. */
  readonly say: (line: string) => void
  /** What handlers print. */
  readonly output: (chunk: Buffer) => void
  /** Called when the first job is there. */
  readonly watch: (live: Live) => void
}

/** A queue that is being served. */
export interface Consuming {
  readonly name: string
  /** Ends when it is stopped; fails where the handler cannot be used. */
  readonly task: Task<Live>
  /** Takes no more jobs; `Live.stop()` sees to those that are here. */
  stop(): void
  /** When the run is over: gives back what has not ended, and leaves. */
  end(): Promise<void>
}

/** Serves a queue that somebody else fills, with a handler in processes of its own. */
export async function consume(
  engine: Engine,
  { handler, queue, prefix, name, settings, say, output, watch }: ConsumeOptions,
): Promise<Consuming> {
  let parts: PlannerParts | null = null
  let live: Live | null = null
  const itemOf = (id: number): JobItem | undefined => {
    for (const { inFlight } of parts?.team.lanes ?? []) {
      const attempt = inFlight.get(id)
      if (attempt !== undefined) return attempt.item as JobItem
    }
    return undefined
  }
  const prepared = prepareBundle(await bundle(handler), {
    entry: ENTRY,
    encode: 'json',
    output,
    log: (text, id) => itemOf(id)?.log(text),
  })
  const news = await lookAt(engine, queue, prefix)
  if (news !== undefined) say(news)
  const consumer = new Consumer(engine, {
    queue,
    prefix,
    ...(name !== undefined && { name }),
    say,
    room: (working, ready) =>
      parts === null ? 0 : roomIn(parts, live?.planner.plan ?? null, working, ready),
    cancel: item => live?.cancel(other => other === item),
  })
  const job = jobOf(prepared, consumer.source, () => consumer.begin(), settings)
  const task = run(
    runJob({
      ...job,
      hire: (events, ...rest) =>
        job.hire({ ...events, progress: (id, value) => itemOf(id)?.progress(value) }, ...rest),
      settle: loaded => ({ ...withoutLimits(job.settle(loaded)), retries: 0 }),
      skip: item => (item as JobItem).isOver,
      outlast: (error, ms) => {
        const { message } = prepared.explain(error) as Error
        say(`a worker could not be started, the next one is in ${ms / 1000} s: ${message}`)
      },
      plan: given => {
        parts = given
        return new Planner(given)
      },
      watch: begun => {
        live = begun
        watch(begun)
      },
    }),
    { name: 'omakase consume' },
  )
  return {
    name: prepared.name,
    task,
    stop: () => consumer.stop(),
    end: async () => {
      await consumer.end()
      prepared.dispose()
    },
  }
}

/** Jobs that stand in line in a process, at most: behind one that takes an hour they would wait, and no other machine has them. */
const MOST_IN_LINE = 128

function roomIn({ team, dispatch }: PlannerParts, plan: Plan | null, working: number, ready: number): number {
  const lanes = team.lanes.filter(lane => lane.loaded !== null && !lane.isEnding)
  if (plan?.concurrency !== 1)
    return lanes.reduce((sum, lane) => sum + Math.max(0, dispatch.regulator.room(lane)), -ready)
  // A message that is worked on, and half of the next one; whatever is on its way now.
  return lanes.length * Math.min(MOST_IN_LINE, Math.floor(1.5 * plan.batch)) - working
}

/** What a module says of itself for `map`, and what is the queue's own business here. */
function withoutLimits({ maxFailures, perHost, ...settings }: Settings): Settings {
  return settings
}

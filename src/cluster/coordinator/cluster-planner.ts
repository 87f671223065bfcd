import { sleep } from '../../core/index.js'
import type { Choice } from '../../map/plan/choose.js'
import type { Measured } from '../../map/plan/measure.js'
import { median } from '../../map/plan/measure.js'
import type { Plan } from '../../map/plan/plan.js'
import type { PlannerParts } from '../../map/run/planner.js'
import type { Planning } from '../../map/run/planning.js'
import { ClusterRegulator } from './cluster-regulator.js'
import type { ClusterWorker } from './cluster-worker.js'
import type { Coordinator } from './coordinator.js'

/** Machines that come are given work so soon. */
const LOOK_EVERY_MS = 500

/** Deals out chunks; how they are run, each machine finds out by itself. */
export class ClusterPlanner implements Planning {
  readonly changes = []
  readonly began = performance.now()
  private readonly coordinator: Coordinator
  private readonly regulator: ClusterRegulator

  constructor(parts: PlannerParts, coordinator: Coordinator) {
    const { dispatch, team, source, intake, settings, scope } = parts
    this.coordinator = coordinator
    coordinator.died = workers => {
      parts.tally.deaths += workers
    }
    this.regulator = new ClusterRegulator({
      machines: coordinator.machines,
      worker: () => team.lanes[0]!.worker as ClusterWorker,
      concurrency: settings.concurrency ?? Infinity,
      remaining: () => {
        const total = source.progress()?.total
        return total === undefined ? undefined : Math.max(0, total - intake.seen)
      },
    })
    dispatch.regulator = this.regulator
    scope.spawn(
      function* () {
        for (;;) {
          yield* sleep(LOOK_EVERY_MS)
          dispatch.wake()
        }
      },
      { name: 'machines', daemon: true },
    )
  }

  get plan(): Plan {
    const { regulator, coordinator } = this
    const workers = coordinator.machines.list.length
    const concurrency = Math.max(1, Math.round(regulator.slots / Math.max(1, workers)))
    return { executor: 'cluster', workers, concurrency, batch: regulator.size, isAdaptive: true }
  }

  get waiting(): string | null {
    return this.coordinator.waiting
  }

  get warning(): string | null {
    return this.coordinator.machines.list.length === 0 ? 'waiting for a machine: omakase worker URL' : null
  }

  get measured(): Measured | null {
    const { samples } = this.regulator
    if (samples.length === 0) return null
    return { items: samples.length, wallMs: median(samples), activeMs: 0, cpuMs: 0, queuedMs: 0, offLoop: 0 }
  }

  get choice(): Choice | null {
    const { measured, plan } = this
    if (measured === null) return null
    return {
      plan,
      predictedMs: 0,
      classified: { nature: 'computes', busy: 0, cpu: 0 },
      items: measured.items,
      reason: '--on a cluster was asked for; each machine measures the function, and plans for itself',
      alternatives: [],
    }
  }
}

import { sleep } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import type { Choice } from '../../map/plan/choose.js'
import type { Measured } from '../../map/plan/measure.js'
import { median } from '../../map/plan/measure.js'
import type { Plan } from '../../map/plan/plan.js'
import type { MachineShare, PlannerParts, Planning } from '../../map/run/planning.js'
import type { Room } from '../engine/messages.js'
import { ClusterRegulator } from './cluster-regulator.js'
import type { ClusterWorker } from './cluster-worker.js'
import type { Coordinator } from './coordinator.js'

/** Machines that come are given work so soon. */
const LOOK_EVERY_MS = 250

/** Deals out chunks; how they are run, each machine finds out by itself. */
export class ClusterPlanner implements Planning {
  readonly changes = []
  readonly began = performance.now()
  private readonly parts: PlannerParts
  private readonly coordinator: Coordinator
  private readonly regulator: ClusterRegulator
  /** When they had most room: at the end they have no more than they still need. */
  private most = { machines: 0, slots: 0 }

  constructor(parts: PlannerParts, coordinator: Coordinator) {
    const { dispatch, team, settings, scope, tally, source } = parts
    this.parts = parts
    this.coordinator = coordinator
    coordinator.died = workers => {
      parts.tally.deaths += workers
    }
    coordinator.failed = error => dispatch.fail(error)
    const worker = () => team.lanes[0]!.worker as ClusterWorker
    this.regulator = new ClusterRegulator({
      room: () => this.look(),
      worker,
      concurrency: settings.concurrency ?? Infinity,
      remaining: () => this.remaining,
    })
    dispatch.regulator = this.regulator
    coordinator.beats.state = () => {
      const total = source.progress()?.total
      const chunks = team.lanes.length === 0 ? 0 : worker().openChunks
      return {
        done: tally.done,
        failed: tally.failed,
        ...(total !== undefined && { total }),
        chunks,
        stage: coordinator.isStopping ? 1 : 0,
      }
    }
    const planner = this
    scope.spawn(
      function* () {
        yield* planner.watch()
      },
      { name: 'machines', daemon: true },
    )
  }

  get plan(): Plan {
    const { machines, slots } = this.most
    const concurrency = slots / Math.max(1, machines)
    const batch = this.regulator.size
    return { executor: 'cluster', workers: machines, concurrency, batch, isAdaptive: true }
  }

  get warning(): null {
    return null
  }

  get machines(): readonly MachineShare[] {
    const here = new Set(this.coordinator.machines.list.map(({ name }) => name))
    return this.coordinator.shares.list(name => here.has(name))
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

  private look(): Room {
    const { room } = this
    const machines = this.coordinator.machines.list.length
    if (room.slots >= this.most.slots) this.most = { machines, slots: room.slots }
    return room
  }

  /** Of all machines together; there is one at least, or there will be. */
  private get room(): Room {
    const { machines, shares } = this.coordinator
    let [seats, slots] = [0, 0]
    for (const { name, cores } of machines.list) {
      const room = shares.roomOf(name)
      seats += room?.seats ?? cores
      slots += room?.slots ?? cores
    }
    // Runs at the same time share them.
    const runs = Math.max(1, machines.runs)
    return { seats: Math.max(1, seats / runs), slots: Math.max(1, slots / runs) }
  }

  /** Items that are in no chunk yet. */
  private get remaining(): number | undefined {
    const { source, intake } = this.parts
    const total = source.progress()?.total
    return total === undefined ? undefined : Math.max(0, total - intake.seen)
  }

  private *watch(): Coroutine<void> {
    for (;;) {
      yield* sleep(LOOK_EVERY_MS)
      this.parts.dispatch.wake()
    }
  }
}

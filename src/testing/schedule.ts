import type { TaskImpl } from '../core/internal.js'
import { Random } from './random.js'

/** Which of the tasks that are ready goes on. All of it follows from the seed. */
export interface Schedule {
  /** For what else is drawn. */
  readonly random: Random
  /** The place of one of them. */
  pick(ready: readonly TaskImpl[]): number
}

/** Two kinds find different mistakes, so each has half of the seeds. */
export function scheduleOf(seed: number): Schedule {
  const random = new Random(seed)
  return seed % 2 === 0 ? new Uniform(random) : new Priorities(random)
}

/** Any of them, each as likely: mixes the steps of all. */
class Uniform implements Schedule {
  readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  pick(ready: readonly TaskImpl[]): number {
    return this.random.below(ready.length)
  }
}

const SHORTEST = 16
const DOUBLINGS = 5
const MOST_CHANGES = 3

/**
 * Each task has a priority, and the highest goes on, until at a few steps that were drawn beforehand it becomes one of
 * the lowest: "A randomized scheduler with probabilistic guarantees of finding bugs", Burckhardt et al. 2010. It lets
 * one task go far ahead of another, which even steps hardly ever do. How long a program is nobody knows, so its
 * steps are cut into stretches of a length that is drawn, and each stretch has priorities of its own; so nobody who is
 * waited for in a loop stands back for ever.
 */
class Priorities implements Schedule {
  readonly random: Random
  private priorities = new WeakMap<TaskImpl, number>()
  private readonly length: number
  private left = 0
  private changes: readonly number[] = []

  constructor(random: Random) {
    this.random = random
    this.length = SHORTEST << random.below(DOUBLINGS)
  }

  pick(ready: readonly TaskImpl[]): number {
    if (this.left === 0) this.begin()
    this.left--
    let highest = this.highest(ready)
    if (this.changes.includes(this.left)) {
      this.priorities.set(ready[highest]!, this.random.next())
      highest = this.highest(ready)
    }
    return highest
  }

  private begin(): void {
    const { random, length } = this
    this.priorities = new WeakMap()
    this.left = length
    this.changes = Array.from({ length: random.below(MOST_CHANGES + 1) }, () => random.below(length))
  }

  private highest(ready: readonly TaskImpl[]): number {
    let highest = 0
    let most = -1
    for (const [place, task] of ready.entries()) {
      const priority = this.priorityOf(task)
      if (priority <= most) continue
      most = priority
      highest = place
    }
    return highest
  }

  /** From 1 up to 2; those below are of tasks that have lost theirs. */
  private priorityOf(task: TaskImpl): number {
    let priority = this.priorities.get(task)
    if (priority === undefined) {
      priority = 1 + this.random.next()
      this.priorities.set(task, priority)
    }
    return priority
  }
}

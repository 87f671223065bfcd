import type { TaskImpl } from './task.js'

/** The errors that a scope has to account for when it ends. */
export class Failures {
  /** By what makes them one: an object counts once, however often it arrives. */
  private readonly errors = new Map<unknown, unknown>()
  /** Children that failed alone, and of which nobody may have heard. */
  private alone: TaskImpl[] = []

  add(error: unknown): void {
    this.errors.set(typeof error === 'object' && error !== null ? error : Symbol(), error)
  }

  /** A join may still see its error; what none has seen counts at the end. */
  addAlone(child: TaskImpl): void {
    this.alone.push(child)
  }

  /** All as far as is known now. */
  soFar(): unknown[] {
    const seen = new Failures()
    for (const error of this.errors.values()) seen.add(error)
    for (const child of this.alone) if (!child.observed) seen.add(child.value)
    return [...seen.errors.values()]
  }

  /** All, for good. */
  all(): unknown[] {
    for (const child of this.alone) if (!child.observed) this.add(child.value)
    this.alone = []
    return [...this.errors.values()]
  }
}

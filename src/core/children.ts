import type { TaskImpl } from './task.js'

/** The tasks of a scope that have not ended, in the order in which they were spawned. Taking one out costs the same anywhere. */
export class Children implements Iterable<TaskImpl> {
  private first: TaskImpl | null = null
  private last: TaskImpl | null = null
  count = 0
  daemons = 0

  add(child: TaskImpl): void {
    child.previous = this.last
    if (this.last === null) this.first = child
    else this.last.next = child
    this.last = child
    this.count++
    if (child.isDaemon) this.daemons++
  }

  remove(child: TaskImpl): void {
    if (child.previous === null) this.first = child.next
    else child.previous.next = child.next
    if (child.next === null) this.last = child.previous
    else child.next.previous = child.previous
    child.previous = child.next = null
    this.count--
    if (child.isDaemon) this.daemons--
  }

  /** None is left that keeps the scope open. */
  get areAllDaemons(): boolean {
    return this.count === this.daemons
  }

  *[Symbol.iterator](): Iterator<TaskImpl> {
    for (let child = this.first; child !== null; ) {
      const { next } = child
      yield child
      child = next
    }
  }
}

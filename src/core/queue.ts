import { Operation } from './operation.js'
import type { TaskImpl } from './task.js'

/** An operation that waits in line with others. */
export abstract class Queued<T = unknown> extends Operation<T> {
  before: Queued<any> | null = null
  after: Queued<any> | null = null

  override heldBy(): readonly TaskImpl[] | null {
    return []
  }
}

/** Operations that wait for the same thing, first come first served; taking one out costs the same anywhere. */
export class WaitQueue<O extends Queued<any>> {
  private first: O | null = null
  private last: O | null = null
  length = 0

  add(operation: O): void {
    operation.before = this.last
    if (this.last === null) this.first = operation
    else this.last.after = operation
    this.last = operation
    this.length++
  }

  peek(): O | null {
    return this.first
  }

  shift(): O | null {
    const { first } = this
    if (first !== null) this.remove(first)
    return first
  }

  remove(operation: O): void {
    if (operation.before === null) this.first = operation.after as O | null
    else operation.before.after = operation.after
    if (operation.after === null) this.last = operation.before as O | null
    else operation.after.before = operation.before
    operation.before = operation.after = null
    this.length--
  }

  removeWhere(test: (operation: O) => boolean, then: (operation: O) => void): void {
    for (let operation = this.first; operation !== null; ) {
      const next = operation.after as O | null
      if (test(operation)) {
        this.remove(operation)
        then(operation)
      }
      operation = next
    }
  }
}

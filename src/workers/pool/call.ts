import { Queued } from '../../core/internal.js'
import type { Lane } from './lane.js'

/** What a pool does with a call. */
export interface Desk {
  readonly name: string
  submit(call: PoolCall): void
  /** It is not wanted any more; false where a worker has it already, and will tell of it. */
  revoke(call: PoolCall): boolean
}

/** Waits for what a function gives in a worker. */
export class PoolCall<T = unknown> extends Queued<T> {
  readonly fn: string
  readonly args: readonly unknown[]
  lane: Lane | null = null
  isCancelled = false
  private readonly desk: Desk

  constructor(desk: Desk, fn: string, args: readonly unknown[]) {
    super()
    this.desk = desk
    this.fn = fn
    this.args = args
  }

  begin(): boolean {
    this.desk.submit(this)
    return false
  }

  withdraw(): boolean {
    this.isCancelled = true
    return this.desk.revoke(this)
  }

  /** A worker answers, and no task. */
  override heldBy(): null {
    return null
  }

  describe(): string {
    return `${this.fn}() in ${this.desk.name}`
  }
}

import { format } from 'node:util'
import type { Context } from '../context.js'
import type { SharedObjects } from '../share/shared.js'
import type { Attempt } from './attempt.js'

/** What the user's function gets beside its input. One is made for each call, so what is seldom used is made late. */
export class ItemContext implements Context {
  readonly index: number
  readonly attempt: number
  readonly resource: unknown
  readonly #attempt: Attempt

  constructor(attempt: Attempt, index: number, count: number, resource: unknown) {
    this.#attempt = attempt
    this.index = index
    this.attempt = count
    this.resource = resource
  }

  get shared(): SharedObjects {
    return this.#attempt.engine.shared
  }

  get signal(): AbortSignal {
    return this.#attempt.signal
  }

  get log(): (...values: unknown[]) => void {
    const { engine, id } = this.#attempt
    return (...values) => engine.sink.log(id, format(...values))
  }

  get progress(): (value: unknown) => void {
    const { engine, id } = this.#attempt
    return value => engine.sink.progress(id, value)
  }
}

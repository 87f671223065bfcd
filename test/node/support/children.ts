import { defer, forever, suspend } from 'omakase'
import type { ChildOptions } from 'omakase/node'

/** Children that tell when they begin and end, and fail when they are told to. */
export class Children {
  readonly log: string[] = []
  private readonly fails = new Map<string, (error: unknown) => void>()
  private readonly ends = new Map<string, () => void>()

  /** One that runs until `fail(name)` or `end(name)`. */
  waits(name: string, more: Partial<ChildOptions> = {}): ChildOptions {
    const { log, fails, ends } = this
    return {
      name,
      *run() {
        log.push(`+${name}`)
        defer(() => {
          log.push(`-${name}`)
        })
        yield* suspend((resume, fail) => {
          ends.set(name, resume)
          fails.set(name, fail)
          return () => {}
        })
      },
      ...more,
    } as ChildOptions
  }

  fail(name: string, error: unknown = new Error(`${name} failed`)): void {
    this.fails.get(name)!(error)
  }

  end(name: string): void {
    this.ends.get(name)!()
  }

  /** What was told since this was asked before. */
  news(): string {
    return this.log.splice(0).join(' ')
  }
}

export const idle = (name: string): ChildOptions => ({ name, run: () => forever() })

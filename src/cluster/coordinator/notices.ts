import type { Beat } from '../engine/messages.js'
import type { Machines } from './machines.js'

const LOOK_EVERY_MS = 250
/** A shorter wait is not worth a word. */
const WORTH_MS = 5000
/** So many names in one line. */
const MOST_NAMES = 5

/** What people should know of the machines of a run, while it goes on. */
export class Notices {
  private readonly machines: Machines
  private readonly hasBegun: () => boolean
  private readonly url: string
  private readonly say: (line: string) => void
  private readonly timer: NodeJS.Timeout
  private before: ReadonlySet<string> | null = null
  private missing: string | null = null
  private since = performance.now()

  /** `hasBegun`: a machine has loaded the function. */
  constructor(machines: Machines, hasBegun: () => boolean, url: string, say: (line: string) => void) {
    this.machines = machines
    this.hasBegun = hasBegun
    this.url = url
    this.say = say
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  /** What has been missing for a while. */
  get waiting(): string | null {
    return performance.now() - this.since < WORTH_MS ? null : this.missing
  }

  end(): void {
    clearInterval(this.timer)
  }

  private whatIsMissing(list: readonly Beat[]): string | null {
    if (list.length === 0) return `waiting for a machine: omakase worker ${this.url}`
    if (this.hasBegun()) return null
    return list.every(({ runs }) => runs.length > 0)
      ? `waiting for room: ${machines(list.length)} for other runs`
      : `waiting for ${list.length === 1 ? list[0]!.name : 'a machine'} to load the function`
  }

  private look(): void {
    const { list } = this.machines
    const missing = this.whatIsMissing(list)
    if (missing !== this.missing) this.since = performance.now()
    this.missing = missing
    const names = new Set(list.map(({ name }) => name))
    const { before } = this
    if (before === null && names.size === 0) return
    this.before = names
    if (before === null) return
    const now = names.size === 0 ? 'no machine is left' : `${machines(names.size)}`
    const come = [...names].filter(name => !before.has(name))
    const gone = [...before].filter(name => !names.has(name))
    const silent = gone.filter(name => this.machines.isSilent(name))
    const left = gone.filter(name => !silent.includes(name))
    if (come.length > 0) this.say(`${listed(come)} joined: ${now}`)
    if (left.length > 0) this.say(`${listed(left)} left: ${now}`)
    if (silent.length > 0) this.say(`nothing is heard of ${listed(silent)} any more: ${now}`)
  }
}

function machines(count: number): string {
  return count === 1 ? '1 machine works' : `${count} machines work`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ')
}

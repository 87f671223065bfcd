import { BadUsage } from '../../workers/bad-usage.js'
import type { Item } from '../input/source.js'
import type { Attempt } from './attempt.js'

/** Items that wait for their host, over all hosts; beyond that no more inputs are read. */
const MOST_WAITING = 10_000

interface Host {
  running: number
  readonly waiting: Attempt[]
}

/** So many items of each host at once; the others wait in a line for each host, and hold up nobody else's. */
export class Hosts {
  private readonly most: number
  private readonly hosts = new Map<string, Host>()
  waiting = 0

  constructor(most: number) {
    this.most = most
  }

  /** Whether the item may begin; where not, it is kept, and given by `leave` when it may. */
  enter(attempt: Attempt): boolean {
    if (attempt.host !== null) return true
    const name = hostOf(attempt.item, this.most)
    let host = this.hosts.get(name)
    if (host === undefined) {
      host = { running: 0, waiting: [] }
      this.hosts.set(name, host)
    }
    if (host.running === this.most) {
      host.waiting.push(attempt)
      this.waiting++
      return false
    }
    host.running++
    attempt.host = name
    return true
  }

  /** It does not run any more: its place goes to the one that waits longest. */
  leave(attempt: Attempt): Attempt | undefined {
    const name = attempt.host
    if (name === null) return undefined
    attempt.host = null
    const host = this.hosts.get(name)!
    const next = host.waiting.shift()
    if (next !== undefined) {
      this.waiting--
      next.host = name
    } else if (--host.running === 0) this.hosts.delete(name)
    return next
  }

  get isFull(): boolean {
    return this.waiting >= MOST_WAITING
  }
}

function hostOf({ index, line, input }: Item, most: number): string {
  const text = typeof input === 'object' && input !== null ? (input as { readonly url?: unknown }).url : input
  const host =
    text instanceof URL ? text.host : typeof text === 'string' && URL.canParse(text) ? new URL(text).host : ''
  if (host !== '') return host
  const where = line === undefined ? `input ${index}` : `line ${line}`
  const what = JSON.stringify(input) ?? String(input)
  throw new BadUsage(
    `--per-host ${most}: ${where}, ${what.slice(0, 100)}, is no URL with a host and has none in a field url: write https://… in front, or leave --per-host out`,
  )
}

import type { Engine } from '../engine/engine.js'
import { machinesOf } from '../engine/keys.js'
import type { Beat } from '../engine/messages.js'
import { minorOf, version } from '../engine/version.js'
import { type Machines, SILENT_MS } from './machines.js'

const LOOK_EVERY_MS = 1000

/** Machines at the same engine that cannot work for us; said once, while there is none that can. */
export class Strangers {
  private readonly engine: Engine
  private readonly machines: Machines
  private readonly say: (line: string) => void
  private readonly timer: NodeJS.Timeout
  private readonly said = new Set<string>()
  private isLooking = false

  constructor(engine: Engine, machines: Machines, say: (line: string) => void) {
    this.engine = engine
    this.machines = machines
    this.say = say
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS)
  }

  end(): void {
    clearInterval(this.timer)
  }

  private async look(): Promise<void> {
    if (this.isLooking || this.machines.list.length > 0) return
    this.isLooking = true
    try {
      for (const line of problems(await this.find(), this.engine.seal.fingerprint !== null)) {
        if (!this.said.has(line)) this.say(line)
        this.said.add(line)
      }
    } catch {
      // The engine is away: it is looked at again.
    }
    this.isLooking = false
  }

  /** By the queue for which they work. */
  private async find(): Promise<Stranger[]> {
    const { redis, queueName } = this.engine
    const found: Stranger[] = []
    const own = machinesOf(queueName)
    for await (const keys of redis.scanStream({ match: machinesOf('*'), count: 1000 })) {
      for (const key of keys as string[]) {
        if (key === own) continue
        const roll = await redis.omakaseCallRoll(key)
        for (let i = 0; i < roll.length; i += 3)
          if (Number(roll[i + 1]) < SILENT_MS) found.push(stranger(String(roll[i]), String(roll[i + 2])))
      }
    }
    return found
  }
}

interface Stranger {
  readonly name: string
  readonly version: string
  readonly hasKey: boolean
}

/** What it says of itself cannot be verified, and is only shown. */
function stranger(name: string, kept: string): Stranger {
  // The engine puts before it when that was.
  const text = kept.replace(/^\d+ /, '')
  const at = text.indexOf('{')
  const { version = '?' } = JSON.parse(text.slice(at)) as Partial<Beat>
  return { name: plain(name), version: plain(version), hasKey: at > 0 }
}

/** For a terminal. */
function plain(text: string): string {
  return String(text)
    .replaceAll(/[^\w.:@-]/g, '?')
    .slice(0, 60)
}

function problems(found: readonly Stranger[], hasKey: boolean): string[] {
  const others = found.filter(one => minorOf(one.version) !== minorOf(version))
  const lines = others.map(
    one => `omakase: ${one.name} has omakase ${one.version} and this is ${version}: install the same on both`,
  )
  const same = found.filter(one => minorOf(one.version) === minorOf(version))
  const names = (list: readonly Stranger[]) => list.map(({ name }) => name).join(', ')
  const [keyed, open] = [same.filter(one => one.hasKey), same.filter(one => !one.hasKey)]
  if (keyed.length > 0)
    lines.push(
      hasKey
        ? `omakase: no machine has this key; ${names(keyed)} ${have(keyed)} another one`
        : `omakase: ${names(keyed)} ${work(keyed)} with a key: give --key FILE, or OMAKASE_KEY, here too`,
    )
  if (open.length > 0)
    lines.push(
      `omakase: no machine has this key; ${names(open)} ${have(open)} none: start ${open.length > 1 ? 'them' : 'it'} with --key FILE`,
    )
  return lines
}

function have(list: readonly Stranger[]): string {
  return list.length > 1 ? 'have' : 'has'
}

function work(list: readonly Stranger[]): string {
  return list.length > 1 ? 'work' : 'works'
}

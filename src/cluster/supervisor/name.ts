import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { cores } from '../../workers/cores.js'
import type { Engine } from '../engine/engine.js'
import { machinesOf } from '../engine/keys.js'
import type { Beat } from '../engine/messages.js'
import { takePlace } from '../engine/roll.js'
import { version } from '../engine/version.js'

const LOOK_EVERY_MS = 100

/**
 * The name under which a machine works: that which was wanted, or, where another machine has it, as replicas of one
 * container may, the first of `NAME-2`, `NAME-3`… that is free. Who was killed under it and begins anew has it again.
 */
export async function freeName(engine: Engine, wanted: string): Promise<string> {
  for (let nth = 1; ; nth++) {
    const name = nth === 1 ? wanted : `${wanted}-${nth}`
    if (await take(engine, name)) return name
  }
}

async function take(engine: Engine, name: string): Promise<boolean> {
  let silentMs = 0
  for (;;) {
    const now = await takePlace(engine, machinesOf(engine.queueName), name, beatOf(name))
    if (now === null) return true
    // It was heard of meanwhile: it is alive.
    if (now < silentMs) return false
    silentMs = now
    await pause(LOOK_EVERY_MS)
  }
}

/** Before there is anything to tell. */
function beatOf(name: string): Beat {
  return {
    name,
    host: hostname(),
    pid: process.pid,
    version,
    cores: cores(),
    held: 0,
    runs: [],
    done: 0,
    perSecond: 0,
    slots: cores(),
    processes: 0,
    memory: process.memoryUsage.rss(),
    lacks: {},
  }
}

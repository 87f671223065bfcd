import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** One tick of /proc, as Linux has it on every machine that Node runs on. */
const TICK_MS = 10

/**
 * Milliseconds of processor time of all processes that this one has started, and that have ended, with what these had
 * started: what `wait4` has told, and only the kernel's own book has kept. 0 where there is none.
 */
export function childrenMs(): number {
  try {
    // The name in parentheses may hold anything.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS
  } catch {
    return 0
  }
}

/** How busy the whole machine is, from one look to the next. */
export class MachineLoad {
  private last = times()

  /** The share of the processors' time since the last look in which they were busy. */
  look(): number {
    const { busy, total } = this.last
    this.last = times()
    return (this.last.busy - busy) / Math.max(1, this.last.total - total)
  }
}

function times(): { readonly busy: number; readonly total: number } {
  let busy = 0
  let total = 0
  for (const { times } of cpus()) {
    const { user, nice, sys, irq, idle } = times
    busy += user + nice + sys + irq
    total += user + nice + sys + irq + idle
  }
  return { busy, total }
}

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

const GROUPS = '/sys/fs/cgroup'

/** Processor cores that this process may use: by its affinity, and by the quota of its cgroup, whichever is less. */
export function cores(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota())))
}

/** Cores' worth of time that its cgroup allows, and those around that; Infinity where none sets a bound. */
function quota(): number {
  let least = Infinity
  for (const line of read('/proc/self/cgroup')?.split('\n') ?? []) {
    const [, controllers = '', path = '/'] = line.split(':')
    const isFirst = controllers.split(',').includes('cpu')
    // Controllers without a name are version 2; of version 1 each has a tree of its own.
    if (!isFirst && controllers !== '') continue
    const bound = isFirst ? boundOfFirst : boundOfSecond
    for (let at = path; ; at = dirname(at)) {
      // In a container the path may be that of the host: what cannot be seen sets no bound here.
      least = Math.min(least, bound(isFirst ? join(GROUPS, 'cpu', at) : join(GROUPS, at)))
      if (at === dirname(at)) break
    }
  }
  return least
}

function boundOfFirst(folder: string): number {
  return ratio(read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us')))
}

function boundOfSecond(folder: string): number {
  const [quota, period] = read(join(folder, 'cpu.max'))?.split(' ') ?? []
  return ratio(quota, period)
}

function ratio(quota: string | undefined, period: string | undefined): number {
  const given = Number(quota) / Number(period)
  // "max" and -1 both stand for no bound.
  return given > 0 ? given : Infinity
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Processor cores that this process may use: by its affinity, and by the quota of its cgroup, whichever is less. */
export function cores(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota())))
}

/** Cores' worth of time that the cgroup allows; Infinity where it sets no bound. */
function quota(): number {
  const v2 = read('/sys/fs/cgroup/cpu.max')?.split(' ')
  if (v2 !== undefined) return ratio(v2[0], v2[1])
  return ratio(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'), read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'))
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

import { BadUsage } from '../../workers/bad-usage.js'
import { totalMemory } from '../plan/memory.js'
import type { Settings } from './options.js'

/** What a worker takes at least, in bytes. */
const AT_LEAST = { process: 50e6, thread: 10e6, command: 2e6 } as const

export type Kind = keyof typeof AT_LEAST

/** @throws {BadUsage} for more workers than memory could ever hold. */
export function checkRoom({ workers }: Settings, kind: Kind): void {
  const room = totalMemory()
  const most = Math.max(1, Math.floor(room / AT_LEAST[kind]))
  if (workers === undefined || workers <= most) return
  const each = kind === 'process' ? 'processes' : `${kind}s`
  throw new BadUsage(
    `workers ${workers}: so many ${each} take ${gigabytes(workers * AT_LEAST[kind])} at least, and there are ${gigabytes(room)}; write at most ${most}, or leave it out`,
  )
}

function gigabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e8) / 10} GB`
}

import { BadUsage } from '../../workers/bad-usage.js'

/** XTRIM by MINID came with it. */
const OLDEST = [6, 2] as const

/** What an engine tells of itself. */
export interface Server {
  readonly version: string
  readonly policy: string
  /** Bytes; 0 where there is no bound. */
  readonly maxMemory: number
  readonly usedMemory: number
  readonly isReplica: boolean
  readonly isCluster: boolean
}

/** Reads the answer to INFO. What is not told is taken for good. */
export function parseInfo(text: string): Server {
  const fields = new Map(
    text.split(/\r?\n/).map(line => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trim()] as const
    }),
  )
  return {
    version: fields.get('redis_version') ?? '',
    policy: fields.get('maxmemory_policy') ?? 'noeviction',
    maxMemory: Number(fields.get('maxmemory') ?? 0),
    usedMemory: Number(fields.get('used_memory') ?? 0),
    isReplica: fields.get('role') === 'slave',
    isCluster: fields.get('cluster_enabled') === '1',
  }
}

/** @throws {BadUsage} where this engine cannot do what is asked of it. */
export function checkServer(where: string, { version, isReplica, isCluster }: Server): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = version !== '' && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
  if (isOld) throw new BadUsage(`${where} is Redis ${version}: omakase needs ${OLDEST.join('.')} or newer`)
  if (isReplica)
    throw new BadUsage(`${where} is a replica, which takes nothing: write the address of its primary`)
  if (isCluster)
    throw new BadUsage(
      `${where} is a Redis Cluster, whose nodes share the keys: write the address of one Redis`,
    )
}

/** What is to be said of an engine that may throw away what it holds. */
export function policyWarning(where: string, { policy }: Server): string | null {
  if (policy === 'noeviction') return null
  return `${where} may evict what it holds (maxmemory-policy ${policy}), and work is then done twice: set noeviction`
}

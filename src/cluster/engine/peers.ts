import { createRequire } from 'node:module'
import { BadUsage } from '../../workers/bad-usage.js'

export interface Peers {
  readonly bullmq: typeof import('bullmq')
  readonly Redis: typeof import('ioredis').Redis
}

/**
 * The packages that the cluster stands on: only whoever uses it has them. By `require`, as they are some hundred files:
 * importing them takes twice as long, and is half of what a run on machines waits for before it begins.
 */
export function loadPeers(): Peers {
  const require = createRequire(import.meta.url)
  try {
    const { Redis } = require('ioredis') as typeof import('ioredis')
    return { bullmq: require('bullmq') as typeof import('bullmq'), Redis }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'MODULE_NOT_FOUND') throw error
    throw new BadUsage('a cluster needs two packages that are not here: npm install bullmq@6 ioredis')
  }
}

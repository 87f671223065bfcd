import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { BadUsage } from '../../workers/bad-usage.js'
import { PREFIX } from './keys.js'
import { loadPeers } from './peers.js'
import { LOOK, RENEW, REPORT } from './scripts.js'
import { NO_SEAL, type Seal } from './seal.js'

/** How long the engine may take to answer for the first time. */
const FIRST_ANSWER_MS = 5000
const MOST_BETWEEN_TRIES_MS = 2000

/** The scripts as commands. */
export interface Commands {
  omakaseRenew(...args: string[]): Promise<number>
  omakaseReport(lease: string, results: string, report: string): Promise<number>
  omakaseLook(lease: string, record: string): Promise<[number, string | null]>
}

/** The way to Redis, and what is signed on it. */
export class Engine {
  readonly redis: Redis & Commands
  readonly bullmq: typeof import('bullmq')
  readonly seal: Seal
  /** The queue of the machines that can verify what is signed here. */
  readonly queueName: string

  constructor(redis: Redis, bullmq: typeof import('bullmq'), seal: Seal) {
    redis.defineCommand('omakaseRenew', { numberOfKeys: 4, lua: RENEW })
    redis.defineCommand('omakaseReport', { numberOfKeys: 2, lua: REPORT })
    redis.defineCommand('omakaseLook', { numberOfKeys: 2, lua: LOOK })
    this.redis = redis as Redis & Commands
    this.bullmq = bullmq
    this.seal = seal
    this.queueName = seal.fingerprint === null ? 'work' : `work-${seal.fingerprint}`
  }

  queue(): Queue {
    const queue = new this.bullmq.Queue(this.queueName, { connection: this.redis, prefix: PREFIX })
    queue.on('error', () => {})
    return queue
  }

  /** A connection that may be blocked, or subscribed. */
  another(): Redis {
    const other = this.redis.duplicate()
    other.on('error', () => {})
    return other
  }

  close(): void {
    this.redis.disconnect()
  }
}

/**
 * Connects to an engine by its URL.
 *
 * @throws {BadUsage} where nobody answers there within five seconds, or the password is wrong.
 */
export async function connect(url: string, seal: Seal = NO_SEAL): Promise<Engine> {
  const { Redis, ...bullmq } = await loadPeers()
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    lazyConnect: true,
    retryStrategy: times => Math.min(MOST_BETWEEN_TRIES_MS, 50 * 2 ** Math.min(times, 10)),
  })
  let last: Error | undefined
  redis.on('error', error => {
    last = error
  })
  let late: NodeJS.Timeout | undefined
  try {
    await Promise.race([
      redis.connect().then(() => redis.ping()),
      new Promise((_, reject) => {
        late = setTimeout(reject, FIRST_ANSWER_MS, last)
      }),
    ])
  } catch (error) {
    redis.disconnect()
    throw new BadUsage(
      `no engine at ${shown(url)}: ${(last ?? (error as Error | undefined))?.message ?? 'no answer'}`,
    )
  } finally {
    clearTimeout(late)
  }
  return new Engine(redis, bullmq as typeof import('bullmq'), seal)
}

/** Without what is secret. */
export function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//')
}

import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { BadUsage } from '../../workers/bad-usage.js'
import { optionsOf, shown } from './address.js'
import { PREFIX } from './keys.js'
import { loadPeers } from './peers.js'
import { CALL_ROLL, GIVE_UP, LOOK, PROLONG, RENEW, REPORT, SIGN_IN, TAKE_PLACE } from './scripts.js'
import { NO_SEAL, type Seal } from './seal.js'
import { checkServer, parseInfo, policyWarning, type Server } from './server.js'
import { guess, remedy } from './trouble.js'
import { minorOf, version } from './version.js'

/** How long the engine may take to answer for the first time. */
const FIRST_ANSWER_MS = 5000
const MOST_BETWEEN_TRIES_MS = 2000
/** A connection on which a question stays without an answer for so long is made anew; BullMQ's last up to ten. */
const SILENCE_MS = 15_000
/** BullMQ keeps so many of the events that it tells others; of ours nobody asks for them. */
const MOST_EVENTS = 100

/** The scripts as commands. */
export interface Commands {
  omakaseRenew(...args: string[]): Promise<number>
  omakaseReport(lease: string, results: string, report: string): Promise<number>
  omakaseProlong(count: number, ...keysAndTimes: (string | number)[]): Promise<number[]>
  omakaseLook(lease: string, record: string): Promise<[number, string | null]>
  omakaseGiveUp(lease: string, record: string, results: string): Promise<number>
  omakaseSignIn(roll: string, name: string, text: string): Promise<null>
  omakaseTakePlace(roll: string, name: string, text: string): Promise<number>
  omakaseCallRoll(roll: string): Promise<(string | number)[]>
}

/** The way to Redis, and what is signed on it. */
export class Engine {
  readonly redis: Redis & Commands
  readonly bullmq: typeof import('bullmq')
  readonly seal: Seal
  /** The queue of the machines that can verify what is signed here, and understand it. */
  readonly queueName: string

  constructor(redis: Redis, bullmq: typeof import('bullmq'), seal: Seal) {
    redis.defineCommand('omakaseRenew', { numberOfKeys: 4, lua: RENEW })
    redis.defineCommand('omakaseReport', { numberOfKeys: 2, lua: REPORT })
    redis.defineCommand('omakaseProlong', { lua: PROLONG })
    redis.defineCommand('omakaseLook', { numberOfKeys: 2, lua: LOOK })
    redis.defineCommand('omakaseGiveUp', { numberOfKeys: 3, lua: GIVE_UP })
    redis.defineCommand('omakaseSignIn', { numberOfKeys: 1, lua: SIGN_IN })
    redis.defineCommand('omakaseTakePlace', { numberOfKeys: 1, lua: TAKE_PLACE })
    redis.defineCommand('omakaseCallRoll', { numberOfKeys: 1, lua: CALL_ROLL })
    this.redis = redis as Redis & Commands
    this.bullmq = bullmq
    this.seal = seal
    this.queueName = ['work', minorOf(version), seal.fingerprint ?? []].flat().join('-')
  }

  /** No connection at the moment: it is being tried again. */
  get isAway(): boolean {
    return this.redis.status !== 'ready'
  }

  queue(name = this.queueName): Queue {
    const queue = new this.bullmq.Queue(name, {
      connection: this.redis,
      prefix: PREFIX,
      skipVersionCheck: true,
      streams: { events: { maxLen: MOST_EVENTS } },
    })
    queue.on('error', () => {})
    return queue
  }

  /** A connection that may be blocked, or subscribed. */
  another(): Redis {
    const other = this.redis.duplicate()
    other.on('error', () => {})
    return other
  }

  async server(): Promise<Server> {
    return parseInfo(await this.redis.info())
  }

  close(): void {
    // One that is closed already would keep this process for two more seconds.
    if (this.redis.status !== 'end') this.redis.disconnect()
  }
}

export interface Patience {
  /** For how long an engine that is not there is waited for; five seconds unless given. */
  readonly forMs?: number
  /** Takes lines for whoever looks on. */
  readonly log?: (line: string) => void
}

/**
 * Connects to an engine by its URL.
 *
 * @throws {BadUsage} where nobody answers there in time, or whoever does is not to be used: a wrong password, no Redis,
 * one that is too old.
 */
export async function connect(url: string, seal: Seal = NO_SEAL, patience: Patience = {}): Promise<Engine> {
  const options = optionsOf(url)
  const { bullmq, Redis } = loadPeers()
  const redis = new Redis({
    ...options,
    maxRetriesPerRequest: null,
    lazyConnect: true,
    socketTimeout: SILENCE_MS,
    retryStrategy: (times: number) => Math.min(MOST_BETWEEN_TRIES_MS, 50 * 2 ** Math.min(times, 10)),
  })
  const where = shown(url)
  const { forMs = FIRST_ANSWER_MS, log = () => {} } = patience
  let timer: NodeJS.Timeout | undefined
  try {
    const server = await new Promise<Server | null>((resolve, reject) => {
      let last: Error | undefined
      let isWaiting = false
      const late = () => {
        reject(
          new BadUsage(
            `no Redis at ${where}${guess(url, last)}: start one there, or write the address of another`,
          ),
        )
      }
      redis.on('error', error => {
        last = error
        const text = remedy(url, error)
        if (text !== null) reject(new BadUsage(text))
      })
      redis.on('reconnecting', () => {
        if (forMs !== Infinity || isWaiting) return
        isWaiting = true
        log(`no Redis at ${where} yet${guess(url, last)}: waiting for it`)
      })
      redis.once('ready', () => {
        if (isWaiting) log(`${where} is there`)
        // Who may not ask is not told.
        redis.info().then(
          text => resolve(parseInfo(text)),
          () => resolve(null),
        )
      })
      redis.connect().catch(() => {})
      if (forMs !== Infinity) timer = setTimeout(late, forMs)
    })
    if (server !== null) {
      checkServer(where, server)
      const warning = policyWarning(where, server)
      if (warning !== null) log(warning)
    }
  } catch (error) {
    redis.disconnect()
    throw error
  } finally {
    clearTimeout(timer)
  }
  return new Engine(redis, bullmq, seal)
}

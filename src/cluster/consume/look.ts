import { nearest } from '../../workers/load/nearest.js'
import type { Engine } from '../engine/engine.js'

/** A large Redis is not searched to its end only to say what else there is. */
const MOST_STEPS = 20
const STEP = 1000
const MOST_SHOWN = 5

/** What is to be known of a queue that will not give any job yet, in one line. */
export async function lookAt({ redis }: Engine, queue: string, prefix: string): Promise<string | undefined> {
  const keys = ['meta', 'id', 'wait', 'prioritized', 'delayed'].map(key => `${prefix}:${queue}:${key}`)
  const [meta, , wait, prioritized, delayed] = keys as [string, string, string, string, string]
  if ((await redis.exists(...keys)) === 0) {
    const others = await queues(redis, prefix)
    const near = nearest(queue, others)
    const there = others.sort().slice(0, MOST_SHOWN).join(', ')
    const hint =
      near !== undefined
        ? `; did you mean ${near}?`
        : others.length > 0
          ? `; there are ${there}${others.length > MOST_SHOWN ? ', …' : ''}`
          : ''
    return `there is no queue ${queue} with the prefix ${prefix} yet: its first job is waited for${hint}`
  }
  if ((await redis.hexists(meta, 'paused')) === 1)
    return `${queue} is paused: nothing is taken until it is resumed`
  const isEmpty = (await redis.exists(wait, prioritized, delayed)) === 0
  return isEmpty ? `${queue} is empty: jobs are waited for` : undefined
}

async function queues(redis: Engine['redis'], prefix: string): Promise<string[]> {
  const found = new Set<string>()
  const pattern = `${prefix.replaceAll(/[?*[\]\\^]/g, '\\$&')}:*:meta`
  let cursor = '0'
  for (let step = 0; step < MOST_STEPS; step++) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', STEP)
    for (const key of keys) found.add(key.slice(prefix.length + 1, -':meta'.length))
    cursor = next
    if (cursor === '0') break
  }
  return [...found]
}

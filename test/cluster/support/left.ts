import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Command } from '../../cli/support/command.js'
import { folder } from '../../cli/support/folder.js'
import { processesWith } from '../../cli/support/processes.js'
import { machine } from './machine.js'
import type { RedisServer } from './redis.js'

/** What BullMQ keeps of a queue that is empty. */
const OF_THE_QUEUE = /^omakase:work[^:]*:(meta|id|events|marker|stalled|stalled-check)$/
/** How long what goes by itself may take: a lease, and a look or two. */
export const PATIENCE_MS = 25_000

/** A machine whose temporary folder is known. */
export interface Watched {
  readonly worker: Command
  readonly temp: string
}

export async function watched(t: TestContext, url: string, name: string): Promise<Watched> {
  const temp = folder(t)
  return { worker: await machine(t, url, name, [], { TMPDIR: temp, MACHINE: name }), temp }
}

/** Keys that no run may leave, and those of ours that would stay for ever. */
async function keysLeft(client: Redis): Promise<string[]> {
  const keys = (await client.keys('*')).filter(key => !OF_THE_QUEUE.test(key))
  const left: string[] = []
  for (const key of keys) {
    if (key.includes('{') || !key.startsWith('omakase:')) left.push(key)
    else if ((await client.pttl(key)) === -1) left.push(`${key} for ever`)
  }
  return left
}

/** Processes but the supervisors that are alive, each with one that is ready for the next run, and files in their temporary folders. */
function processesLeft(machines: readonly Watched[], others: readonly Command[]): string[] {
  if (process.platform !== 'linux') return []
  const commands = [...machines.map(({ worker }) => worker), ...others]
  const supervisors = new Set(commands.map(({ child }) => String(child.pid)))
  return commands.flatMap(({ mark, child }) => {
    const isThere = child.exitCode === null && child.signalCode === null
    const found = processesWith(mark).filter(pid => !supervisors.has(pid) || !isThere)
    return isThere && found.length === 1 ? [] : found
  })
}

/** When a run has ended, however it did: fails where something of it is still there. */
export async function assertNothingLeft(
  t: TestContext,
  server: RedisServer,
  machines: readonly Watched[],
  others: readonly Command[] = [],
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const client = server.client(t)
  const look = async () => ({
    keys: await keysLeft(client),
    processes: processesLeft(machines, others),
    files: machines.flatMap(({ temp }) => readdirSync(temp)),
  })
  let left = await look()
  for (let waited = 0; waited < patienceMs && Object.values(left).flat().length > 0; waited += 200) {
    await pause(200)
    left = await look()
  }
  assert.deepEqual(left, { keys: [], processes: [], files: [] })
}

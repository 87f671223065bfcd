import type { TestContext } from 'node:test'
import { type Job, Queue } from 'bullmq'
import { type Command, start } from '../../cli/support/command.js'
import { folder } from '../../cli/support/folder.js'

/** A queue as some other program fills it. */
export function queueOf(t: TestContext, url: string, name = 'emails', prefix = 'bull'): Queue {
  const queue = new Queue(name, { connection: { url }, prefix })
  queue.on('error', () => {})
  t.after(() => queue.close())
  return queue
}

/** Serves the queue `emails` with the module, until it is stopped or the test is over. */
export async function consumer(
  t: TestContext,
  url: string,
  handler: string,
  options: readonly string[] = [],
): Promise<Command & { readonly folder: string }> {
  const cwd = folder(t, { 'handler.ts': handler })
  const command = start(t, ['consume', 'handler.ts', '--queue', 'emails', '--on', url, ...options], { cwd })
  await command.says(/serves/)
  return Object.assign(command, { folder: cwd })
}

/** Waits until so many jobs are in this state. */
export async function until(
  queue: Queue,
  state: 'completed' | 'failed' | 'active',
  count: number,
): Promise<void> {
  while ((await queue.getJobCounts(state))[state]! < count) await new Promise(go => setTimeout(go, 20))
}

/** The jobs that have ended so, the first one first. */
export async function ended(queue: Queue, state: 'completed' | 'failed'): Promise<Job[]> {
  return queue.getJobs([state], 0, -1, true)
}

import type { TestContext } from 'node:test'
import type { Redis } from 'ioredis'

/** The keys of jobs that nobody has taken, whatever their queue is called. */
export async function waitingJobs(client: Redis): Promise<string[]> {
  const queues = await client.keys('omakase:work*:wait')
  const jobs = queues.map(async wait =>
    (await client.lrange(wait, 0, -1)).map(id => `${wait.slice(0, -'wait'.length)}${id}`),
  )
  return (await Promise.all(jobs)).flat()
}

/** As soon as there are so many of them. */
export async function jobsThatWait(t: TestContext, client: Redis, atLeast: number): Promise<string[]> {
  for (;;) {
    const jobs = await waitingJobs(client)
    if (jobs.length >= atLeast) return jobs
    t.signal.throwIfAborted()
  }
}

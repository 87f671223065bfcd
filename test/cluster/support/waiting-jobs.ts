import type { Redis } from 'ioredis'

/** The keys of jobs that nobody has taken, whatever their queue is called. */
export async function waitingJobs(client: Redis): Promise<string[]> {
  const queues = await client.keys('omakase:work*:wait')
  const jobs = queues.map(async wait =>
    (await client.lrange(wait, 0, -1)).map(id => `${wait.slice(0, -'wait'.length)}${id}`),
  )
  return (await Promise.all(jobs)).flat()
}

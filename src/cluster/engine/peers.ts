import { BadUsage } from '../../workers/bad-usage.js'

type BullMQ = typeof import('bullmq')
type IoRedis = typeof import('ioredis')

/** The packages that the cluster stands on: only whoever uses it has them. */
export async function loadPeers(): Promise<BullMQ & Pick<IoRedis, 'Redis'>> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
    return { ...bullmq, Redis }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new BadUsage('a cluster needs two packages that are not here: npm install bullmq@6 ioredis')
  }
}

import { offerElsewhere } from '../map/elsewhere.js'
import { prepareCluster } from './coordinator/prepare-cluster.js'

export { BadUsage } from '../workers/bad-usage.js'
export { DeathError } from '../workers/death.js'
export type { Pool, PoolStatistics } from '../workers/pool/options.js'
export type { JobContext, JobOf } from './consume/context.js'
export { type ClusterOptions, cluster } from './pool/open.js'

offerElsewhere((source, given) => prepareCluster(source, 'clone', given.engine!, given))

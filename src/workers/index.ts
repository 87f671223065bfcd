export { BadUsage } from './bad-usage.js'
export { DeathError } from './death.js'
export { processes, threads } from './pool/open.js'
export type { Pool, PoolOptions, PoolStatistics } from './pool/options.js'

export type { JobContext, JobOf } from './consume/context.js'

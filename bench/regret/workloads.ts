import { keptOut } from './kept-out/workloads.js'
import { tuned } from './tuned/workloads.js'
import type { Workload } from './workload.js'

export const workloads: readonly Workload[] = [...tuned, ...keptOut]

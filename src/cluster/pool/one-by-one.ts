import type { Call } from '../../workers/internal.js'
import { ClusterWorker } from '../coordinator/cluster-worker.js'

/** A machine takes a chunk as a whole. Calls are published one by one, so that each goes to who has room for it first. */
export class OneByOne extends ClusterWorker {
  override send(calls: readonly Call[]): void {
    for (const call of calls) super.send([call])
  }
}

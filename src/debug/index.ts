export { dump } from './dump.js'
export type { Elsewhere } from './elsewhere.js'
export { type DebugOptions, debugMode } from './mode.js'
export {
  type FrameInfo,
  type ScopeInfo,
  type Snapshot,
  type SnapshotOptions,
  snapshot,
  type TaskInfo,
} from './snapshot.js'

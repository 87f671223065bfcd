export { dump } from './dump.js'
export { type DebugOptions, debugMode } from './mode.js'
export { type FrameInfo, type ScopeInfo, type Snapshot, snapshot, type TaskInfo } from './snapshot.js'

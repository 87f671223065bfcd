export { HealthError, type ProcessStatus, SubprocessError, SupervisorError } from './errors.js'
export { type MainOptions, main } from './main.js'
export type { Completed } from './process/completed.js'
export type { Stdio, SubprocessOptions } from './process/options.js'
export type { Running } from './process/running.js'
export { pipe, type Subprocess, subprocess } from './process/subprocess.js'
export { reader } from './reader.js'
export { signals } from './signals.js'
export type {
  ChildOptions,
  ChildStatus,
  HealthOptions,
  SuperviseOptions,
  Supervisor,
  SupervisorEvent,
} from './supervise/options.js'
export { supervise } from './supervise/supervise.js'
export { type ToFileOptions, toFile } from './to-file.js'
export { type Writer, writer } from './writer.js'

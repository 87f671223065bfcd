/** What a process tells that runs a command. Nothing is told while it is being started. */
export interface ProcessEvents {
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
  exited(code: number | null, signal: NodeJS.Signals | null): void
  /** Nobody holds its standard output and error any more; also where somebody has closed them before. */
  closed(): void
  /** Instead of all the others: it could not be started, with what the system calls the problem. Or `Lost`, at any time. */
  failed(error: Error & { readonly code?: string }): void
}

/** A process that leads a group of its own. */
export interface CommandProcess {
  /** For all of its group; where it has ended, nobody gets it. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void
  /** What it still writes is not wanted: nothing is told any more. */
  close(): void
}

export type Start = (words: readonly [string, ...string[]], events: ProcessEvents) => CommandProcess

/** Who runs it for us is gone, and has taken it along: it is to be started again. */
export class Lost extends Error {
  override readonly name = 'Lost'
}

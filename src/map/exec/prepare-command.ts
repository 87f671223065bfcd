import type { Surroundings } from '../../workers/internal.js'
import type { Prepared } from '../prepare.js'
import { CommandPlanner } from './command-planner.js'
import { CommandWorker } from './command-worker.js'
import { template } from './template.js'

export interface CommandParts {
  /** Takes what commands write to their standard error; this process's unless given. */
  readonly output?: (chunk: Buffer) => void
  readonly surroundings?: Surroundings
}

/**
 * A command that is run for each input, by this process itself.
 *
 * @throws {BadUsage} where it is no command.
 */
export function prepareCommand(
  text: string,
  isForShell: boolean,
  { output, surroundings }: CommandParts = {},
): Prepared {
  const made = template(text, isForShell)
  return {
    name: nameOf(text),
    isLocal: false,
    kind: 'command',
    hire: (events, concurrency, { timeout = Infinity }) =>
      new CommandWorker(made, concurrency, timeout, { ...events, ...(output && { output }) }, surroundings),
    plan: parts => new CommandPlanner(parts),
    explain: error => error,
    revive: error => error,
    dispose: () => {},
  }
}

/** For people, who need not see all of it. */
export function nameOf(command: string): string {
  return command.length > 40 ? `${command.slice(0, 40)}…` : command
}

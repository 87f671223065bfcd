import type { Prepared } from '../prepare.js'
import { CommandPlanner } from './command-planner.js'
import { CommandWorker } from './command-worker.js'
import { template } from './template.js'

/**
 * A command that is run for each input, by this process itself.
 *
 * @throws {BadUsage} where it is no command.
 */
export function prepareCommand(
  text: string,
  isForShell: boolean,
  output?: (chunk: Buffer) => void,
): Prepared {
  const made = template(text, isForShell)
  return {
    name: text.length > 40 ? `${text.slice(0, 40)}…` : text,
    isLocal: false,
    kind: 'command',
    hire: (events, concurrency, { timeout = Infinity }) =>
      new CommandWorker(made, concurrency, timeout, { ...events, ...(output && { output }) }),
    plan: parts => new CommandPlanner(parts),
    explain: error => error,
    revive: error => error,
    dispose: () => {},
  }
}

import type { TestContext } from 'node:test'
import { type Command, start } from '../../cli/support/command.js'
import { folder } from '../../cli/support/folder.js'

/** A supervisor with a name of its own, which stands for a machine; it works when this returns. */
export async function machine(
  t: TestContext,
  url: string,
  name: string,
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Command> {
  const worker = start(t, ['worker', url, '--name', name, ...options], { cwd: folder(t), env })
  await worker.says(/works for/)
  return worker
}

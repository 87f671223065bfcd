import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The root of the project, seen from build/test/examples. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The command, run in the root of the project. */
export function omakase(...args: readonly string[]): Promise<Ended> {
  return omakaseIn(root, ...args)
}

interface Ended {
  readonly code: number | null
  readonly stderr: string
}

export function omakaseIn(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise(resolve => {
    const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
    const child = execFile(process.execPath, [main, ...args], { cwd }, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    )
  })
}

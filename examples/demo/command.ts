import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The root of the project, seen from build/examples/demo. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/** Runs `omakase` as one would by hand: it prints here. Gives the exit code. */
export async function omakase(...args: readonly string[]): Promise<number | null> {
  process.stdout.write(`$ npx omakase ${args.map(quoted).join(' ')}\n`)
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

function quoted(arg: string): string {
  return /^[\w./:-]+$/.test(arg) ? arg : `'${arg}'`
}

import { co, now, use } from 'omakase'
import type { Context } from 'omakase/map'
import { subprocess } from 'omakase/node'
import { Places } from './places.js'

export interface Ran {
  readonly tests: number
  readonly milliseconds: number
}

export const setup = () => new Places()

export const teardown = (places: Places) => places.remove()

/** Runs one file of tests in a process of its own, with a port and a folder that no other file has meanwhile. */
export default co(function* runTestFile(file: string, { resource }: Context<Places>) {
  const { port, folder } = yield* use(
    () => resource.borrow(),
    place => resource.giveBack(place),
  )
  const begun = now()
  const { stdout, parts } = yield* subprocess(process.execPath, ['--test', '--test-reporter=tap', file], {
    // Without the variable that says to a process that it is a test itself.
    env: { PORT: String(port), TMPDIR: folder, NODE_TEST_CONTEXT: undefined },
    check: false,
  })
  if (parts[0]!.exitCode !== 0) throw new Error(failures(stdout))
  return { tests: Number(/^# pass (\d+)$/m.exec(stdout)?.[1]), milliseconds: Math.round(now() - begun) }
})

/** The lines of what failed, and why. */
function failures(tap: string): string {
  return [...tap.matchAll(/^\s*not ok \d+ - (.*)$[\s\S]*?^\s*error: (.*)$/gm)]
    .map(([, name, why]) => `${name}: ${why}`)
    .join('\n')
}

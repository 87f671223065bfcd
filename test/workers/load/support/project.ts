import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { codeFile, LoadError, type Outcome, processWorker } from '#src/workers/internal.js'
import { bundle, type FunctionSource, loadProblem } from '#src/workers/load/index.js'

const entry = new URL(import.meta.resolve('#src/map/entry/worker.js'))

/** A folder with these files, gone after the test. */
export function project(t: TestContext, files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Loads the function as the command does, and calls it once for each input. */
export async function call(
  t: TestContext,
  source: FunctionSource,
  inputs: readonly unknown[],
  cwd: string,
): Promise<Outcome[]> {
  const bundled = await bundle(source, { cwd })
  const file = codeFile(bundled.code)
  const outcomes: Outcome[] = []
  let all!: () => void
  let died!: (message: string) => void
  const done = new Promise<void>((resolve, reject) => {
    all = resolve
    died = message => reject(new Error(message))
  })
  done.catch(() => {})
  const worker = processWorker(
    { entry, code: file.url, exportName: bundled.exportName, concurrency: 1, encode: 'json' },
    {
      outcomes(list) {
        outcomes.push(...list)
        if (outcomes.length === inputs.length) all()
      },
      exit: death => died(`the worker ${death.message}: ${death.stderrTail}`),
    },
  )
  t.after(async () => {
    await worker.end()
    file.remove()
  })
  try {
    await worker.ready
  } catch (error) {
    throw error instanceof LoadError ? loadProblem(bundled, error) : error
  }
  worker.send(inputs.map((input, id) => ({ id, index: id, attempt: 1, input })))
  await done
  return outcomes.sort((a, b) => a.id - b.id)
}

/** What the function gives for one input. */
export async function output(
  t: TestContext,
  source: FunctionSource,
  input: unknown,
  cwd: string,
): Promise<unknown> {
  const [outcome] = await call(t, source, [input], cwd)
  if (!outcome!.ok) throw Object.assign(new Error(), outcome!.error)
  return JSON.parse(outcome!.value as string)
}

/** The stack of what the function throws for one input, without its first line. */
export async function stack(
  t: TestContext,
  source: FunctionSource,
  input: unknown,
  cwd: string,
): Promise<string[]> {
  const [outcome] = await call(t, source, [input], cwd)
  if (outcome!.ok) throw new Error('expected a failure')
  const { stack } = outcome!.error as { stack: string }
  return stack
    .split('\n')
    .slice(1)
    .map(line => line.trim())
}

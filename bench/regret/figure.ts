import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { isQuick } from '../harness/size.js'
import type { Plan } from './result.js'
import type { Fixed, Workload } from './workload.js'

export interface Figure {
  readonly ms: number
  readonly plan: Plan
  readonly reason: string
}

/** One run in a fresh process, with a fresh server; without a plan, the automatic one. Undefined: it took over `most`. */
export async function figure(
  { name, server }: Workload,
  perMs: number,
  most: number,
  plan?: Fixed,
): Promise<Figure | undefined> {
  const serving = server === undefined ? undefined : serve(server)
  try {
    const address = serving === undefined ? '' : await addressOf(serving)
    return await run([name, address, String(perMs), ...(plan ? [JSON.stringify(plan)] : [])], most)
  } finally {
    serving?.kill('SIGKILL')
  }
}

async function run(args: readonly string[], most: number): Promise<Figure | undefined> {
  const child = spawn(process.execPath, [file('./client.js'), ...args, ...(isQuick ? ['--quick'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let isLate = false
  // Its workers end with it.
  const timer = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, most + 1000)
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')])
  clearTimeout(timer)
  if (isLate) return undefined
  if (printed === '') throw new Error(`${args.join(' ')}: it failed`)
  return JSON.parse(printed)
}

function serve(kind: string): ChildProcess {
  return spawn(process.execPath, [file('./servers/main.js'), kind], { stdio: ['pipe', 'pipe', 'inherit'] })
}

async function addressOf(server: ChildProcess): Promise<string> {
  const [line] = (await once(server.stdout!, 'data')) as [Buffer]
  return `http://127.0.0.1:${line.toString().trim()}`
}

function file(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

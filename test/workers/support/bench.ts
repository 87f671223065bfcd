import { type TestContext, test } from 'node:test'
import {
  type Call,
  codeFile,
  type Death,
  type ErrorRecord,
  type Outcome,
  processWorker,
  threadWorker,
  type Usage,
  type Worker,
  type WorkerEvents,
} from '#src/workers/internal.js'
import type { WorkerOptions } from '#src/workers/worker.js'

const entry = new URL('./entry.js', import.meta.url)

/** A worker with its ears: what it said so far, and promises for what it will say. */
export interface Bench {
  readonly worker: Worker
  readonly outcomes: Map<number, Outcome>
  readonly usages: Usage[]
  /** How many items came in each message. */
  readonly messages: number[]
  readonly logs: string[]
  readonly held: number[]
  /** How often the event loop was heard of again. */
  heard(): number
  readonly death: Promise<Death>
  output(): string
  send(inputs: readonly unknown[], more?: Partial<Call>): void
  /** The outcomes of all that was sent, in the order in which it was sent. */
  all(): Promise<Outcome[]>
  /** When there are so many outcomes. */
  some(count: number): Promise<Outcome[]>
  /** When it has written this. */
  wrote(text: string): Promise<void>
}

/** Starts a worker with a module that is given as text. It is killed when the test ends. */
export type Start = (t: TestContext, source: string, options?: Partial<WorkerOptions>) => Bench

/** In a process. */
export const bench: Start = (t, source, options) => started(processWorker, t, source, options)

/** The same test for each kind of worker. */
export function each(sentence: string, check: (t: TestContext, bench: Start) => Promise<void>): void {
  test(`${sentence} (in a process)`, t => check(t, bench))
  test(`${sentence} (in a thread)`, t => check(t, (...given) => started(threadWorker, ...given)))
}

function started(
  start: (options: WorkerOptions, events: WorkerEvents) => Worker,
  t: TestContext,
  source: string,
  options: Partial<WorkerOptions> = {},
): Bench {
  const url = `data:text/javascript,${encodeURIComponent(source)}`
  const file = codeFile(`import * as module from ${JSON.stringify(url)}\nexport { module }`)
  const outcomes = new Map<number, Outcome>()
  const usages: Usage[] = []
  const messages: number[] = []
  const logs: string[] = []
  const held: number[] = []
  let heard = 0
  let output = ''
  let sent = 0
  let checks: (() => void)[] = []
  const check = () => {
    for (const look of checks) look()
  }
  let died!: (death: Death) => void
  const death = new Promise<Death>(resolve => {
    died = resolve
  })
  const worker = start(
    { entry, code: file.url, concurrency: 1, encode: 'clone', ...options },
    {
      outcomes(list, usage) {
        for (const outcome of list) outcomes.set(outcome.id, outcome)
        messages.push(list.length)
        usages.push(usage)
        check()
      },
      exit: died,
      log: (id, text) => logs.push(`${id}: ${text}`),
      heard() {
        heard++
      },
      output(chunk) {
        output += chunk
        check()
      },
      holds(id) {
        held.push(id)
        check()
      },
    },
  )
  t.after(async () => {
    worker.kill()
    await death
    file.remove()
  })
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!condition()) return
        checks = checks.filter(other => other !== look)
        resolve()
      }
      checks.push(look)
      look()
      death.then(({ message }) => reject(new Error(`the worker ${message}; it wrote: ${output}`)))
    })
  return {
    worker,
    outcomes,
    usages,
    messages,
    logs,
    held,
    heard: () => heard,
    death,
    output: () => output,
    send(inputs, more) {
      worker.send(inputs.map(input => ({ id: sent, index: sent++, attempt: 1, input, ...more })))
    },
    async all() {
      await until(() => outcomes.size === sent)
      return Array.from({ length: sent }, (_, id) => outcomes.get(id)!)
    },
    async some(count) {
      await until(() => outcomes.size >= count)
      return [...outcomes.values()]
    },
    wrote: text => until(() => output.includes(text)),
  }
}

/** The value of an outcome, which must have one. */
export function value(outcome: Outcome | undefined): unknown {
  if (!outcome?.ok) throw new Error(`expected a value, got ${JSON.stringify(outcome)}`)
  return outcome.value
}

/** The error of an outcome, which must have one. */
export function failure(outcome: Outcome | undefined): {
  name: string
  message: string
  [key: string]: unknown
} {
  if (outcome === undefined || outcome.ok)
    throw new Error(`expected a failure, got ${JSON.stringify(outcome)}`)
  return { ...(outcome.error as ErrorRecord) }
}

import { setTimeout as pause } from 'node:timers/promises'
import { USAGE_EVERY } from '../../workers/entry/usage.js'
import {
  type CodeFile,
  codeFile,
  hostedWorker,
  processWorker,
  ThreadHost,
  type Usage,
  type Worker,
  type WorkerEvents,
  type WorkerOptions,
} from '../../workers/internal.js'
import { ENTRY } from '../worker-entry.js'
import type { Costs } from './costs.js'

/** What the workers of a run begin with. */
const ANSWER = 'export const module = { default: input => String(input).length }'
const WARM = 50
const MESSAGES = 150
const ITEMS = 10_000
const MEGABYTE = 'a'.repeat(1e6)
const MEGABYTES = 8

/**
 * Starts a process and two threads that do nothing, and talks to them. The processor's time is what counts, since that
 * is the same where others use the machine as well: in a process that does nothing else, as `entry/costs.ts` is.
 */
export async function measureCosts(): Promise<Costs> {
  const file = codeFile(ANSWER)
  const host = new ThreadHost()
  const open: Worker[] = []
  const start = async (make: typeof inProcess) => {
    const partner = await Partner.start(events => make(optionsOf(file), events))
    open.push(partner.worker)
    return partner
  }
  const inProcess = (options: WorkerOptions, events: WorkerEvents) => processWorker(options, events)
  const inThread = (options: WorkerOptions, events: WorkerEvents) => hostedWorker(options, events, host)
  try {
    const process = await start(inProcess)
    const startMs = process.start.here + process.start.there
    const messages = await process.exchange()
    const first = await start(inThread)
    const second = await start(inThread)
    // What both have used is what their child has.
    const threadStartMs = second.start.here + second.start.there - first.start.there
    const threadMessages = await second.exchange()
    return {
      startMs,
      threadStartMs,
      messageMs: messages.messageMs,
      threadMessageMs: threadMessages.messageMs,
      itemMs: messages.itemMs,
      megabyteMs: messages.megabyte.here,
      megabyteThereMs: messages.megabyte.there,
      threadMegabyteThereMs: threadMessages.megabyte.there,
    }
  } finally {
    for (const worker of open) worker.kill()
    host.end()
    file.remove()
  }
}

/** Milliseconds of the processor in this process, and in the other one. */
interface Both {
  readonly here: number
  readonly there: number
}

/** A worker at the other end, and what talking to it costs. */
class Partner {
  readonly worker: Worker
  start: Both = { here: 0, there: 0 }
  private there = 0
  private left = 0
  private id = 0
  private done: () => void = () => {}
  private failed: (error: Error) => void = () => {}

  private constructor(hire: (events: WorkerEvents) => Worker) {
    this.worker = hire({
      outcomes: (list, usage) => this.take(list.length, usage),
      exit: ({ message }) => this.failed(new Error(message)),
      output: () => {},
    })
  }

  static async start(hire: (events: WorkerEvents) => Worker): Promise<Partner> {
    const began = used()
    const partner = new Partner(hire)
    const { usage } = await partner.worker.ready
    partner.there = usage.cpu
    partner.start = { here: used() - began, there: usage.cpu }
    return partner
  }

  async exchange(): Promise<{ messageMs: number; itemMs: number; megabyte: Both }> {
    const one = () => this.ask([1])
    await times(WARM, one)
    const messages = await this.cost(() => times(MESSAGES, one))
    const many = () => this.ask(new Array(ITEMS).fill(1))
    await many()
    const items = await this.cost(many)
    await this.ask([MEGABYTE])
    const { here, there } = await this.cost(() => times(MEGABYTES, () => this.ask([MEGABYTE])))
    return {
      messageMs: sum(messages) / MESSAGES,
      itemMs: sum(items) / ITEMS,
      megabyte: { here: here / MEGABYTES, there: there / MEGABYTES },
    }
  }

  private ask(inputs: readonly unknown[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.left = inputs.length
      this.done = resolve
      this.failed = reject
      this.worker.send(inputs.map(input => ({ id: this.id++, index: 0, attempt: 1, input })))
    })
  }

  private take(count: number, { cpu }: Usage): void {
    this.there = cpu
    this.left -= count
    if (this.left === 0) this.done()
  }

  private async cost(talk: () => Promise<void>): Promise<Both> {
    await this.look()
    const [here, there] = [used(), this.there]
    await talk()
    const spent = used() - here
    await this.look()
    return { here: spent, there: this.there - there }
  }

  /** What it tells of what it has used may be as old as that. */
  private async look(): Promise<void> {
    await pause(USAGE_EVERY)
    await this.ask([1])
  }
}

function optionsOf({ url }: CodeFile): WorkerOptions {
  return { entry: ENTRY, code: url, concurrency: 1, encode: 'json' }
}

async function times(n: number, talk: () => Promise<void>): Promise<void> {
  for (let i = 0; i < n; i++) await talk()
}

function sum({ here, there }: Both): number {
  return here + there
}

function used(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

import { Command } from 'commander'
import type { Consuming, Engine } from '../cluster/internal.js'
import { flag, normalise } from '../map/options/normalise.js'
import type { Settings } from '../map/options/options.js'
import { reportOf } from '../map/report.js'
import type { Live } from '../map/run/job.js'
import { BadUsage } from '../workers/bad-usage.js'
import { engineUrl } from './engine-flags.js'
import { Interrupts } from './interrupts.js'
import { Progress } from './progress.js'
import { summary } from './summary.js'

interface ConsumeFlags {
  readonly queue?: string
  readonly on?: string
  readonly prefix: string
  readonly name?: string
  readonly timeout?: string
  readonly memory?: string
  readonly workers?: string
  readonly concurrency?: string
}

const EXAMPLES = `
Examples:
  omakase consume send.ts --queue emails --on redis://10.0.0.5
  omakase consume resize.ts#thumbnail --queue images --on redis --timeout 30s --memory 512MB

The handler takes the data of a job, and a context: { job, attempt, signal, resource, log, progress }, where job has
id, name and attempts. What it returns is the job's result. What it throws is its failure: BullMQ tries it again as the
job says (attempts, backoff), unless its name is UnrecoverableError; after retryAfter seconds, if the error has that.

Ctrl-C, or SIGTERM: takes nothing more, lets what runs end (10 s), gives back the rest, and leaves.
Exit code: 0 when what ran has ended, 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP) when it was cancelled, 2 bad usage.`

export function consumeCommand(): Command {
  return new Command('consume')
    .description('Serves an existing BullMQ queue with a handler of yours.')
    .argument('[handler]', 'file with the handler: its default export, or file.ts#name')
    .option('--queue <name>', 'the queue that somebody fills')
    .option('--on <url>', 'its Redis, such as redis://10.0.0.5; else OMAKASE_REDIS_URL')
    .option('--prefix <prefix>', 'what stands before the keys of the queue', 'bull')
    .option('--name <name>', 'what dashboards call this worker; its host name and process unless given')
    .optionsGroup('Each job:')
    .option('--timeout <time>', 'time for one attempt, such as 5s or 500ms')
    .option('--memory <size>', 'of a worker, such as 512MB; one that grows past it is replaced')
    .optionsGroup('Instead of choosing by measurement:')
    .option('--workers <n>', 'processes')
    .option('--concurrency <n>', 'jobs at once, over all workers')
    .addHelpText('after', EXAMPLES)
    .action(async (handler: string | undefined, flags: ConsumeFlags) => {
      process.exitCode = await serve(handler, flags)
    })
}

const SETTINGS = ['timeout', 'memory', 'workers', 'concurrency'] as const

interface Asked {
  readonly handler: string
  readonly queue: string
  readonly url: string
  readonly settings: Partial<Settings>
}

function asked(handler: string | undefined, flags: ConsumeFlags): Asked {
  const { queue, on } = flags
  if (handler === undefined)
    throw new BadUsage('no handler: write omakase consume FILE.ts --queue NAME --on redis://HOST')
  if (queue === undefined || queue === '')
    throw new BadUsage('no queue: write --queue NAME, as in new Queue(NAME) of the program that fills it')
  const colon = queue.lastIndexOf(':')
  if (colon >= 0)
    throw new BadUsage(
      `--queue ${queue}: a queue's name has no colon; write --prefix ${queue.slice(0, colon)} --queue ${queue.slice(colon + 1)}`,
    )
  const options: Record<string, unknown> = {}
  for (const key of SETTINGS) if (flags[key] !== undefined) options[key] = flags[key]
  const settings = normalise(options, flag)
  // Where both are said there is nothing to measure.
  const isFixed = settings.workers !== undefined && settings.concurrency !== undefined
  return {
    handler,
    queue,
    url: engineUrl(on),
    settings: isFixed ? { ...settings, on: 'processes' } : settings,
  }
}

async function serve(given: string | undefined, flags: ConsumeFlags): Promise<number> {
  const { handler, queue, url, settings } = asked(given, flags)
  const { prefix, name } = flags
  let live: Live | null = null
  let consuming: Consuming | undefined
  const progress = new Progress(
    () => live,
    () => undefined,
  )
  const interrupts = new Interrupts(() => {
    consuming?.stop()
    progress.show()
  })
  const began = performance.now()
  const say = (line: string) => progress.print(`omakase: ${line}\n`)
  let engine: Engine | undefined
  try {
    const { connect, consume } = await import('../cluster/internal.js')
    engine = await connect(url, undefined, { forMs: Infinity, log: say })
    consuming = await consume(engine, {
      handler,
      queue,
      prefix,
      ...(name !== undefined && { name }),
      settings,
      say,
      output: chunk => progress.print(chunk),
      watch: begun => {
        live = begun
        interrupts.follow(begun)
      },
    })
    interrupts.before(consuming.task)
    const exit = await consuming.task.settled()
    await consuming.end()
    progress.end()
    if (exit.status === 'failed') throw exit.error
    if (exit.status === 'ok') {
      const report = reportOf(consuming.name, exit.value, performance.now() - began)
      process.stderr.write(
        summary(report, { journalFailed: 0, output: undefined, noun: 'attempt', isWhole: true }),
      )
    }
    return interrupts.isHurried ? interrupts.exitCode : 0
  } finally {
    progress.end()
    interrupts.end()
    engine?.close()
  }
}

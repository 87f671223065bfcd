import { Command } from 'commander'
import { run } from '../core/index.js'
import { openInputs } from '../map/input/open.js'
import { memory } from '../map/options/quantity.js'
import { OutputClosed, OutputFailed } from '../map/output/failure.js'
import type { Journal } from '../map/output/journal.js'
import { checkOutput, checkReport, type OutputFlags, openOutput } from '../map/output/open.js'
import type { LineWriter } from '../map/output/writer.js'
import { mayGrow } from '../map/plan/may-grow.js'
import { jobOf, type Prepared, prepareModule } from '../map/prepare.js'
import { reportOf, writeReport } from '../map/report.js'
import { InOrder } from '../map/run/in-order.js'
import { type Live, runJob } from '../map/run/job.js'
import { BadUsage } from '../workers/bad-usage.js'
import { costsBeside } from './costs.js'
import { checkDistinct } from './distinct.js'
import { addEngineFlags, type EngineFlags, sealOf } from './engine-flags.js'
import { takeFirstChild } from './first-child.js'
import { addFlags, asked, type Flags, placeOf } from './flags.js'
import { Interrupts } from './interrupts.js'
import { Lines } from './lines.js'
import { Progress } from './progress.js'
import { keepHeapSmall } from './small-heap.js'
import { summary } from './summary.js'

interface MapFlags extends Flags, OutputFlags, EngineFlags {
  readonly maxSize?: string
}

const EXAMPLES = `
Examples:
  omakase map check-url.ts urls.txt -o results.jsonl      a line of JSON for each input
  omakase map check-url.ts urls.txt -o results.jsonl --resume --retry-failed
  omakase map -e 'async url => (await fetch(url)).status' < urls.txt
  omakase map hash.ts --files 'src/**/*.ts' --raw          only the outputs
  omakase map resize.ts#thumbnail --csv images.csv --workers 2
  omakase map --exec 'gzip -k {}' *.log                    a command, and its inputs
  omakase map -e 'n => n * n' --range 1..1000 --ordered

The function takes an input, and a context: { index, attempt, signal, resource, log, progress }.
It is plain, async or a coroutine; its module may export setup(), teardown(resource) and options.
Each line of output is {"index", "input", "output"} or {"index", "input", "error"}.

Ctrl-C lets what runs end; a second one cancels it, a third kills it. --resume goes on where it stopped.
Exit code: 0 all succeeded, 1 some failed, 2 bad usage, 130 interrupted.`

export function mapCommand(): Command {
  const command = new Command('map').description('Runs a function over many inputs, each in its turn.')
  return addEngineFlags(addFlags(command).optionsGroup('On many machines:'))
    .option('--max-size <size>', 'of an input or output that travels; 16MB unless given')
    .optionsGroup('Output:')
    .option('-o, --output <file>', 'write lines there, not to standard output')
    .option('--ordered', 'in the order of the inputs')
    .option('--raw', 'only the outputs; strings bare')
    .option('--resume', 'go on with the file: what has a line is not run again')
    .option('--retry-failed', 'with --resume: run again what has failed')
    .option('--force', 'begin the file anew')
    .option('--report <file>', 'what was measured, chosen and done: JSON, or a page if it ends in .html')
    .addHelpText('after', EXAMPLES)
    .action(async (fn: string | undefined, paths: string[], flags: MapFlags) => {
      keepHeapSmall()
      process.exitCode = await mapInputs(fn, paths, flags)
    })
}

async function mapInputs(fn: string | undefined, paths: string[], flags: MapFlags): Promise<number> {
  const { what, inputs, settings } = asked(fn, paths, flags)
  if (settings.on !== 'cluster') refuseFarFlags(flags)
  await checkOutput(flags)
  if (settings.report !== undefined) await checkReport(settings.report)
  await checkDistinct({ inputs: inputs.paths ?? ['-'], output: flags.output, report: settings.report })
  const source = await openInputs(inputs)
  if (settings.memory !== undefined && settings.on === 'threads')
    process.stderr.write(
      'omakase: --memory bounds only the heap of a thread: Buffers and native code are not counted\n',
    )
  for (const note of source.notes ?? []) process.stderr.write(`omakase: ${note}\n`)
  let live: Live | null = null
  let prepared: Prepared | undefined
  const progress = new Progress(
    () => live,
    () => source.progress()?.total,
    () => prepared?.waiting?.() ?? null,
  )
  const interrupts = new Interrupts(() => progress.show())
  const print = (chunk: Buffer) => progress.print(chunk)
  const log = (text: string) => progress.print(`${text}\n`)
  if (settings.on === 'cluster') {
    const { prepareCluster } = await import('../cluster/coordinator/prepare-cluster.js')
    const code = 'exec' in what ? what : what.function
    prepared = await prepareCluster(code, 'json', settings.engine!, settings, log, {
      seal: sealOf(flags),
      onChange: line => log(`omakase: ${line}`),
      ...(flags.maxSize !== undefined && { maxSize: memory(flags.maxSize, '--max-size') }),
    })
  } else if ('exec' in what) {
    const { prepareCommand } = await import('../map/exec/prepare-command.js')
    prepared = prepareCommand(what.exec, what.shell, { output: print })
  } else {
    prepared = await prepareModule(what.function, 'json', {
      place: placeOf(settings),
      output: print,
      log,
      first: takeFirstChild(),
      mayGrow: mayGrow(settings, source.progress()?.total),
    })
  }
  const began = performance.now()
  const endMeasuring = 'exec' in what || settings.on === 'cluster' ? () => {} : costsBeside()
  let writer: LineWriter | undefined
  let journal: Journal | undefined
  const open = async () => {
    ;({ writer, journal } = await openOutput(flags))
    writer.failed.then(error => live?.fail(error))
    if (flags.output !== undefined) await prepared.claim?.(flags.output)
    const lines = new Lines(writer, flags.raw === true)
    return flags.ordered ? new InOrder(lines, journal === undefined ? 0 : journal.ok + journal.failed) : lines
  }
  try {
    const task = run(
      runJob({
        ...jobOf(prepared, source, open, settings),
        skip: item => {
          if (!journal?.has(item.index)) return false
          journal.check(item)
          return true
        },
        watch: begun => {
          live = begun
          interrupts.follow(begun)
        },
      }),
      { name: 'omakase map' },
    )
    interrupts.before(task)
    const exit = await task.settled()
    progress.end()
    if (exit.status === 'cancelled') return interrupts.exitCode
    if (exit.status === 'failed') return await failed(exit.error, async () => writer?.close())
    const ended = exit.value
    const isWhole = ended.stage === 0 && !ended.hitMaxFailures
    try {
      await writer?.close()
    } catch (error) {
      return await failed(error)
    }
    if (isWhole) journal?.checkEnd(ended.seen)
    const report = reportOf(prepared.name, ended, performance.now() - began)
    process.stderr.write(
      summary(report, { journalFailed: journal?.failed ?? 0, output: flags.output, isWhole }),
    )
    try {
      if (settings.report !== undefined) await writeReport(settings.report, report)
    } catch (error) {
      return await failed(error)
    }
    if (ended.stage > 0) return interrupts.exitCode
    return ended.tally.failed > 0 || (journal?.failed ?? 0) > 0 ? 1 : 0
  } finally {
    progress.end()
    endMeasuring()
    prepared.dispose()
    interrupts.end()
  }
}

function refuseFarFlags({ key, maxSize }: MapFlags): void {
  const given = key !== undefined ? `--key ${key}` : maxSize !== undefined ? `--max-size ${maxSize}` : null
  if (given !== null)
    throw new BadUsage(`${given}: it is for machines; add --on redis://HOST, or leave it out`)
}

/** What ended the run before its inputs did. */
async function failed(error: unknown, close = async () => {}): Promise<number> {
  await close().catch(() => {})
  if (error instanceof OutputClosed) return 141
  if (!(error instanceof OutputFailed)) throw error
  process.stderr.write(`omakase: ${error.message}\n`)
  return 1
}

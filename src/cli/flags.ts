import type { Command } from 'commander'
import { Option } from 'commander'
import type { InputFlags } from '../map/input/open.js'
import { flag, normalise } from '../map/options/normalise.js'
import type { MapOptions, Settings } from '../map/options/options.js'
import type { Place } from '../map/prepare.js'
import { BadUsage } from '../workers/bad-usage.js'
import type { FunctionSource } from '../workers/load/index.js'
import { engineUrl } from './engine-flags.js'

/** What both verbs take, as commander hands it over. */
export interface Flags {
  readonly eval?: string
  readonly jsonl?: boolean
  readonly csv?: boolean
  readonly null?: boolean
  readonly files?: string[]
  readonly range?: string
  readonly args?: string[]
  readonly retries?: string
  readonly timeout?: string
  readonly rate?: string
  readonly memory?: string
  readonly perHost?: string
  readonly concurrency?: string
  readonly workers?: string
  readonly batch?: string
  readonly on?: string
  readonly maxFailures?: string
  readonly ordered?: boolean
  readonly report?: string
  readonly exec?: string
  readonly shell?: boolean
}

const SETTINGS = [
  'retries',
  'timeout',
  'rate',
  'memory',
  'perHost',
  'concurrency',
  'workers',
  'batch',
  'on',
  'maxFailures',
  'ordered',
  'report',
] as const

/** The function and its inputs, and how they are to be run. */
export function addFlags(command: Command): Command {
  return command
    .argument('[function]', 'file with the function: its default export, or file.ts#name')
    .argument('[inputs...]', 'files of inputs, one a line; - or none for standard input')
    .addOption(
      new Option('-e, --eval <code>', 'the function itself; then all positionals are files of inputs'),
    )
    .optionsGroup('A command instead of a function:')
    .option('--exec <command>', 'run it for each input, which takes the place of {}, or comes last')
    .option('--shell', 'give the command to a shell, with the input as "$1"')
    .optionsGroup('Inputs:')
    .option('--jsonl', 'each line is JSON (also by the ending .jsonl or .ndjson)')
    .option('--csv', 'rows under a header, as objects (also by the ending .csv)')
    .option('-0, --null', 'inputs end with a NUL byte')
    .option('--files <glob...>', 'the files that match, sorted')
    .option('--range <A..B>', 'the numbers from A to B')
    .option('--args <inputs...>', 'the inputs themselves')
    .optionsGroup('Each item:')
    .option('--retries <n>', 'try again so often, from 100 ms on, doubling')
    .option('--timeout <time>', 'time for one attempt, such as 5s or 500ms')
    .option('--rate <n/s>', 'attempts a second, such as 100/s or 30/m')
    .option('--per-host <n>', 'items of one host at once; inputs are URLs, or have a field url')
    .option('--memory <size>', 'of a worker, such as 512MB; one that grows past it is replaced')
    .option('--max-failures <n>', 'stop when so many have failed')
    .optionsGroup('Instead of choosing by measurement:')
    .option('--on <where>', 'auto, loop, processes, threads, or redis://HOST for many machines')
    .option('--workers <n>', 'processes, threads or commands')
    .option('--concurrency <n>', 'items at once, over all workers')
    .option('--batch <n>', 'items in one message to a worker')
}

/** A function never runs in the command's own process, nor in threads of it. */
export function placeOf({ on }: Partial<Settings>): Place {
  return on === 'threads' ? 'hosted threads' : 'processes'
}

/** What is run: a function, or a command. */
export type What = { readonly function: FunctionSource } | { readonly exec: string; readonly shell: boolean }

export interface Asked {
  readonly what: What
  readonly inputs: InputFlags
  readonly settings: Partial<Settings>
}

export function asked(fn: string | undefined, paths: string[], flags: Flags): Asked {
  const isCode = flags.eval !== undefined
  const isCommand = flags.exec !== undefined
  refuseTwoKinds(flags)
  if (!isCode && !isCommand && fn === undefined)
    throw new BadUsage("no function: write omakase map FILE.ts INPUTS, or omakase map -e 'line => …' INPUTS")
  const all = (isCode || isCommand) && fn !== undefined ? [fn, ...paths] : paths
  if (isCommand && all.length > 0 && flags.args)
    throw new BadUsage(
      `after --exec positionals are the inputs, such as ${all[0]}: leave them out, or --args`,
    )
  const args = isCommand && all.length > 0 ? all : flags.args
  const options: Record<string, unknown> = {}
  for (const key of SETTINGS) if (flags[key] !== undefined) options[key] = flags[key]
  if (flags.on === 'redis') options.on = engineUrl(flags.on)
  return {
    what: isCommand
      ? { exec: flags.exec!, shell: flags.shell === true }
      : { function: isCode ? { expression: flags.eval! } : fn! },
    inputs: {
      ...(all.length > 0 && !isCommand && { paths: all }),
      ...(flags.files && { files: flags.files }),
      ...(flags.range !== undefined && { range: flags.range }),
      ...(args && { args }),
      ...(flags.jsonl && { jsonl: true }),
      ...(flags.csv && { csv: true }),
      ...(flags.null && { nul: true }),
    },
    settings: normalise(options as MapOptions, flag),
  }
}

function refuseTwoKinds({ eval: code, exec, shell, on, batch, memory }: Flags): void {
  if (exec === undefined) {
    if (shell) throw new BadUsage('--shell is for --exec: write --exec \'gzip -c "$1" > "$1.gz"\' --shell')
    return
  }
  if (code !== undefined) throw new BadUsage('-e is a function and --exec a command: leave one out')
  if (on !== undefined && on !== 'auto' && on !== 'processes' && !on.startsWith('redis'))
    throw new BadUsage(`--on ${on}: a command is a process of its own: leave --on out, or write redis://HOST`)
  if (batch !== undefined)
    throw new BadUsage(`--batch ${batch}: each command gets one input: leave --batch out`)
  if (memory !== undefined)
    throw new BadUsage(
      `--memory ${memory}: it is for functions: write --exec 'ulimit -v 500000; …' --shell, in kilobytes`,
    )
}

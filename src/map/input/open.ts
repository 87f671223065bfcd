import { BadUsage } from '../../workers/bad-usage.js'
import { inputFile, standardInput } from './files.js'
import type { FormatName } from './format.js'
import { fromFiles } from './from-files.js'
import { matching } from './glob.js'
import { list } from './list.js'
import { range } from './range.js'
import type { Source } from './source.js'

/** Where the command's inputs come from; a positional is a file of inputs. */
export interface InputFlags {
  /** Positionals: files of inputs, `-` is standard input, which is also what is read where nothing is given. */
  readonly paths?: readonly string[]
  /** `--files GLOB` */
  readonly files?: readonly string[]
  /** `--range A..B` */
  readonly range?: string
  /** `--args a b c` */
  readonly args?: readonly string[]
  /** `--jsonl` */
  readonly jsonl?: boolean
  /** `--csv` */
  readonly csv?: boolean
  /** `-0` */
  readonly nul?: boolean
}

/** Checks what can be known before the run, and opens nothing yet. */
export async function openInputs(flags: InputFlags): Promise<Source> {
  const { paths = [], files, range: span, args } = flags
  refuseTwo(flags)
  const format = formatOf(flags)
  if (files) return matching(files)
  if (span !== undefined) return range(span)
  if (args) return list(args.length, place => args[place])
  if (paths.length === 0) return fromFiles([standardInput(format)])
  return fromFiles(await Promise.all(paths.map(path => inputFile(path, format))))
}

function refuseTwo({ paths = [], files, range, args, ...formats }: InputFlags): void {
  const given = [
    files && '--files',
    range !== undefined && '--range',
    args && '--args',
    paths.length > 0 && `the input file ${paths[0]}`,
  ].filter(name => name !== undefined && name !== false)
  if (given.length > 1) {
    const hint = files && paths.length > 0 ? `; put a pattern in quotes: --files 'src/*.ts'` : ''
    throw new BadUsage(`inputs come from one place, not from ${given.join(' and ')}: leave one out${hint}`)
  }
  const named = flagsOf(formats)
  if (named.length > 0 && (files || range !== undefined || args)) {
    throw new BadUsage(`${named[0]} is how a file is read, and ${given[0]} names the inputs: leave one out`)
  }
}

function formatOf(flags: InputFlags): FormatName | undefined {
  const named = flagsOf(flags)
  if (named.length > 1)
    throw new BadUsage(`inputs are in one format, not in ${named.join(' and ')}: leave one out`)
  if (flags.jsonl) return 'jsonl'
  if (flags.csv) return 'csv'
  return flags.nul ? 'nul' : undefined
}

function flagsOf({ jsonl, csv, nul }: InputFlags): string[] {
  return [jsonl && '--jsonl', csv && '--csv', nul && '-0'].filter(name => typeof name === 'string')
}

import type { Source } from '../../core/index.js'
import { checkDuration } from '../../core/internal.js'
import { usage } from '../errors.js'
import { checkSignal } from '../signals.js'

/** Where one of the three standard streams of a subprocess leads. `{ file }` is appended to. */
export type Stdio = 'pipe' | 'inherit' | 'ignore' | { readonly file: string }

/** How a subprocess runs, what becomes of its streams, and how it is stopped. */
export interface SubprocessOptions {
  /** The folder that it runs in; that of this process by default. */
  readonly cwd?: string
  /** Variables on top of those of this process; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What it reads from its standard input. Where it stops reading early, the rest is dropped. */
  readonly input?: string | Uint8Array | Source<string | Uint8Array>
  /** `'ignore'` (empty) by default; `'pipe'` with `.start()`. With `'inherit'` it shares the terminal and its Ctrl-C. */
  readonly stdin?: 'pipe' | 'inherit' | 'ignore'
  /** `'pipe'` by default: captured, or read with `.start()`. */
  readonly stdout?: Stdio
  /** `'pipe'` by default: captured; `'inherit'` with `.start()`. */
  readonly stderr?: Stdio
  /** How many bytes of each output are captured; 64 MiB by default. */
  readonly maxBuffer?: number
  /** What becomes of more: the subprocess is stopped and fails (the default), or the oldest goes. */
  readonly overflow?: 'fail' | 'dropOldest'
  /** Whether an exit code other than 0, or death by a signal, is thrown; true by default. */
  readonly check?: boolean
  /** Takes the command as a line for this shell, `true` being the system's. False by default. */
  readonly shell?: boolean | string
  /** How it is asked to end; `'SIGTERM'` by default. */
  readonly stopSignal?: NodeJS.Signals
  /** Milliseconds from then until it gets SIGKILL; 5,000 by default, under a supervisor what that allows. */
  readonly grace?: number
}

/** One command, checked. */
export interface Spec {
  readonly file: string
  readonly args: readonly string[]
  readonly options: SubprocessOptions
  /** As one would type it. */
  readonly command: string
}

export const DEFAULT_MAX_BUFFER = 64 * 2 ** 20

export function specOf(file: unknown, args: unknown, options: SubprocessOptions): Spec {
  if (typeof file !== 'string' || file === '') throw usage.badCommand(file)
  if (!Array.isArray(args)) throw usage.badArguments(args)
  for (const [index, value] of args.entries()) {
    if (typeof value !== 'string') throw usage.badArgument(index, value)
    if (value.includes('\0')) throw usage.nul(`argument ${index}`)
    if (/\p{Surrogate}/u.test(value)) throw usage.halfPair(index)
  }
  if (file.includes('\0')) throw usage.nul('the command')
  const { shell = false, cwd, env = {}, grace, maxBuffer = DEFAULT_MAX_BUFFER } = options
  const { overflow = 'fail', stopSignal = 'SIGTERM' } = options
  if (typeof shell !== 'boolean' && (typeof shell !== 'string' || shell === ''))
    throw usage.badOption('subprocess: shell', shell, 'true, false or the path of a shell')
  if (shell !== false && args.length > 0) throw usage.shellArguments()
  if (grace !== undefined) checkDuration('subprocess: grace', grace)
  if (typeof maxBuffer !== 'number' || !(maxBuffer >= 0))
    throw usage.badOption('subprocess: maxBuffer', maxBuffer, 'a number of bytes')
  if (overflow !== 'fail' && overflow !== 'dropOldest')
    throw usage.badOption('subprocess: overflow', overflow, `'fail' or 'dropOldest'`)
  checkSignal('subprocess: stopSignal', stopSignal)
  if (cwd !== undefined && typeof cwd !== 'string')
    throw usage.badOption('subprocess: cwd', cwd, 'the path of a folder')
  if (typeof env !== 'object' || env === null)
    throw usage.badOption('subprocess: env', env, 'an object such as { NAME: value }')
  for (const [name, value] of Object.entries(env))
    if (`${name}${value}`.includes('\0')) throw usage.nul(`the variable ${JSON.stringify(name)}`)
  for (const what of ['stdin', 'stdout', 'stderr'] as const) checkStdio(what, options[what])
  return { file, args, options, command: [file, ...args].map(shell === false ? quoted : String).join(' ') }
}

function checkStdio(what: string, value: unknown): void {
  if (value === undefined || value === 'pipe' || value === 'inherit' || value === 'ignore') return
  if (what !== 'stdin' && typeof (value as { file?: unknown } | null)?.file === 'string') return
  const files = what === 'stdin' ? '' : ', or { file }'
  throw usage.badOption(`subprocess: ${what}`, value, `'pipe', 'inherit' or 'ignore'${files}`)
}

/** For people: nothing ever reads it back. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

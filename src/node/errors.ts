import { UsageError } from '../core/index.js'

/** Every error of this folder, and every message: what was done, and what to write instead. */

/** How a process ended. */
export interface ProcessStatus {
  /** The command, as one would type it. */
  readonly command: string
  /** Its process id. */
  readonly pid: number
  /** Null where a signal ended it. */
  readonly exitCode: number | null
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null
  /** What it wrote to its standard error, where that was captured. */
  readonly stderr: string
}

/** A subprocess could not be started, failed, or wrote more than was allowed. */
export class SubprocessError extends Error {
  override readonly name = 'SubprocessError'
  /** The command, as one would type it. */
  readonly command: string
  /** What the system calls the problem, such as `ENOENT`, where it could not be started. */
  readonly code: string | undefined
  /** How it ended; `undefined` where it could not be started, or still ran when the error was found. */
  readonly status: ProcessStatus | undefined

  constructor(
    message: string,
    command: string,
    more: { code?: string; status?: ProcessStatus; cause?: unknown },
  ) {
    super(message, 'cause' in more ? { cause: more.cause } : undefined)
    this.command = command
    this.code = more.code
    this.status = more.status
  }
}

/** A supervisor has given up: its children fail more often than it may restart them. */
export class SupervisorError extends Error {
  override readonly name = 'SupervisorError'
  /** The child that failed last. */
  readonly child: string

  constructor(message: string, child: string, cause: unknown) {
    super(message, { cause })
    this.child = child
  }
}

/** A supervised child was found to be unwell, and was stopped. */
export class HealthError extends Error {
  override readonly name = 'HealthError'
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such command; look at its spelling and at PATH',
  EACCES: 'it is not executable, or a folder on the way may not be entered',
  ENOEXEC: 'it is neither a program nor a script with a first line such as #!/bin/sh',
  E2BIG: 'its arguments and environment are too long together; pass what is long by input',
  EAGAIN: 'the system lets no more processes start',
  EMFILE: 'this process has too many open files',
}

export function notStarted(command: string, code: string | undefined, cause: unknown): SubprocessError {
  const why = (code && REASONS[code]) || (cause instanceof Error ? cause.message : String(cause))
  const tag = code === undefined || why.includes(code) ? '' : ` (${code})`
  return new SubprocessError(`\`${command}\` could not be started: ${why}${tag}`, command, {
    ...(code !== undefined && { code }),
    cause,
  })
}

export function noFolder(command: string, cwd: string): SubprocessError {
  return new SubprocessError(
    `\`${command}\` could not be started: its cwd ${JSON.stringify(cwd)} is no folder (ENOENT)`,
    command,
    { code: 'ENOENT' },
  )
}

export function failed(status: ProcessStatus): SubprocessError {
  const how =
    status.signal === null ? `exited with code ${status.exitCode}` : `was killed by ${status.signal}`
  const last = status.stderr.trimEnd().split('\n').at(-1)!.slice(0, LONGEST_LINE)
  return new SubprocessError(`\`${status.command}\` ${how}${last && `: ${last}`}`, status.command, { status })
}

const LONGEST_LINE = 300

export function tooLong(command: string, what: string, limit: number): SubprocessError {
  return new SubprocessError(
    `\`${command}\` wrote more than ${limit.toLocaleString('en-US')} bytes to its ${what} and was stopped; read it as it comes with .start(), raise maxBuffer, or set overflow: 'dropOldest'`,
    command,
    {},
  )
}

export function givenUp(child: string, restarts: number, period: number, cause: unknown): SupervisorError {
  const what = cause instanceof Error ? cause.message : cause === undefined ? 'it ended' : String(cause)
  return new SupervisorError(
    `child "${child}" ended once more after ${restarts} restarts within ${period} ms, which is all that is allowed; at last: ${what}`,
    child,
    cause,
  )
}

const show = (value: unknown) =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : value === null
      ? 'null'
      : Array.isArray(value)
        ? 'an array'
        : typeof value === 'object' || typeof value === 'function'
          ? `a ${typeof value}`
          : String(value)

export const usage = {
  mainTwice: () =>
    new UsageError('main was called twice; a program has one main: run(body) and spawn(body) start more'),
  mainInside: () =>
    new UsageError('main was called inside of a task; call it once, at the top of the program'),
  usedTwice: (command: string) =>
    new UsageError(`the subprocess \`${command}\` was used twice; call subprocess(…) for each`),
  badCommand: (value: unknown) =>
    new UsageError(`subprocess got ${show(value)} as its command; give the name or path of a program`),
  badArguments: (value: unknown) =>
    new UsageError(
      `subprocess got ${show(value)} as its arguments; give an array of strings, one for each: subprocess('git', ['log', '-1'])`,
    ),
  badArgument: (index: number, value: unknown) =>
    new UsageError(`subprocess got ${show(value)} as argument ${index}; give a string`),
  nul: (what: string) =>
    new UsageError(`subprocess: ${what} holds a NUL character, which no program can be given`),
  halfPair: (index: number) =>
    new UsageError(
      `subprocess: argument ${index} holds half of a surrogate pair, which would arrive as another character; cut text between characters: [...text]`,
    ),
  shellArguments: () =>
    new UsageError(
      'subprocess with shell: true takes one line and no arguments, since nothing would quote them; leave shell out, or write all into the line',
    ),
  badOption: (what: string, value: unknown, instead: string) =>
    new UsageError(`${what} got ${show(value)}; give ${instead}`),
  notAPart: (value: unknown) =>
    new UsageError(`pipe got ${show(value)}; give what subprocess(…) returns, two or more`),
  inputTaken: (command: string) =>
    new UsageError(`\`${command}\` reads from the one before it in the pipe; leave out its input and stdin`),
  outputTaken: (command: string) =>
    new UsageError(`\`${command}\` writes to the next in the pipe; leave out its stdout`),
  noStream: (command: string, what: string) =>
    new UsageError(`\`${command}\` has no ${what} to use here; start it with { ${what}: 'pipe' }`),
  badSignal: (what: string, value: unknown) =>
    new UsageError(`${what} got ${show(value)}; give the name of a signal, such as 'SIGHUP'`),
  notReadable: (value: unknown) =>
    new UsageError(`reader got ${show(value)}; give a readable stream of Node`),
  notWritable: (value: unknown) =>
    new UsageError(`writer got ${show(value)}; give a writable stream of Node`),
  noChildren: () => new UsageError('supervise got no children; give at least one'),
  badChild: (value: unknown, instead: string) =>
    new UsageError(`supervise got ${show(value)} as a child; ${instead}`),
  childNamedTwice: (name: string) =>
    new UsageError(`supervise got two children named ${JSON.stringify(name)}; give each its own name`),
  oneUse: (name: string) =>
    new UsageError(
      `supervise: child ${JSON.stringify(name)} can be run only once as it stands; give a function: run: () => subprocess(…)`,
    ),
  readyTwice: (name: string) => new UsageError(`child "${name}" called ready() twice; call it once`),
  notReady: (name: string) =>
    new UsageError(`child "${name}" ended without calling ready(value); call it once when it is ready`),
  noSuchChild: (name: string, names: readonly string[]) =>
    new UsageError(`the supervisor has no child ${JSON.stringify(name)}; it has ${names.join(', ')}`),
}

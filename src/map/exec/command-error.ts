/** A command that failed: by its exit code, by a signal, or by not being there at all. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** The exit code; where it could not be started, what the system calls the problem, such as `ENOENT`. */
  readonly code: number | string | null
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null
  /** The last that it wrote to its standard error, at most 2,000 characters. */
  readonly stderr: string

  constructor(message: string, code: number | string | null, signal: NodeJS.Signals | null, stderr: string) {
    super(message)
    this.code = code
    this.signal = signal
    this.stderr = stderr
    // It has no place in anybody's code.
    this.stack = `${this.name}: ${message}`
  }
}

const LONGEST = 200

export function failed(
  command: readonly string[],
  code: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): CommandError {
  const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`
  const lastWords = stderr.trimEnd().split('\n').at(-1)!.slice(0, LONGEST)
  return new CommandError(`${shown(command)} ${how}${lastWords && `: ${lastWords}`}`, code, signal, stderr)
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such command',
  EACCES: 'it is not executable',
  ENOEXEC: 'it is neither a program nor a script with a first line such as #!/bin/sh',
  E2BIG: 'the input is too long for a command line; write it to a file and pass its name',
  ERR_INVALID_ARG_VALUE: 'the input has a NUL in it, which no argument can hold',
}

export function notStarted(command: readonly string[], error: Error & { code?: string }): CommandError {
  const { code = null, message } = error
  const reason = (code !== null && REASONS[code]) || message
  return new CommandError(`${shown(command)} could not be started: ${reason}`, code, null, '')
}

export function tooMuch(command: readonly string[], bytes: number, stderr: string): CommandError {
  const message = `${shown(command)} printed more than ${bytes / 2 ** 20} MB: let it write to a file instead`
  return new CommandError(message, null, 'SIGKILL', stderr)
}

/** As one would type it, as far as it is worth reading. */
function shown(command: readonly string[]): string {
  const script = command[0] === '/bin/sh' && command[1] === '-c' ? command[2] : undefined
  const text = (script ?? command.join(' ')).replace(/\s+/g, ' ')
  return `\`${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}\``
}

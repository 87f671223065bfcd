/** Whoever read the output has gone away: the command ends quietly, with exit code 141. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}

/** The output cannot be written, e.g. because the disk is full; the message is one line. */
export class OutputFailed extends Error {
  override readonly name = 'OutputFailed'
  readonly code: string | undefined

  constructor(message: string, code: string | undefined, cause: unknown) {
    super(message, { cause })
    this.code = code
  }
}

const GONE = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']

const REASONS: Record<string, string> = {
  ENOSPC: 'there is no space left on the disk',
  EDQUOT: 'your quota on the disk is used up',
  EFBIG: 'the file has reached the largest size that is allowed',
  EROFS: 'the file system is read-only',
  EIO: 'the disk reports an error',
}

export function failure(name: string, error: unknown): OutputClosed | OutputFailed {
  const { code, message } = error as NodeJS.ErrnoException
  if (code && GONE.includes(code)) return new OutputClosed(`${name} was closed`, { cause: error })
  const reason = (code && REASONS[code]) ?? message
  return new OutputFailed(`${name} cannot be written: ${reason}; the lines written so far stay`, code, error)
}

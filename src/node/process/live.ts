import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, statSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { allSettled, type Co, co, moveOnAfter, suspend, wait } from '../../core/index.js'
import { type Coroutine, combine } from '../../core/internal.js'
import { noFolder, notStarted, type ProcessStatus, usage } from '../errors.js'
import { checkDescriptors } from './descriptors.js'
import { guard, MARK } from './guard.js'
import { type Household, household } from './household.js'
import type { Spec, Stdio } from './options.js'

export interface Pipes {
  readonly stdin: 'pipe' | 'inherit' | 'ignore'
  readonly stdout: Stdio
  readonly stderr: Stdio
}

/** What execa tells of one that it could not start. */
interface Problem {
  readonly code?: string
  readonly cause?: unknown
}

const DEFAULT_GRACE = 5000
/** So much before the end of a supervisor's time, or at half of it, SIGKILL is sent: for the process to be gone by then. */
const TO_GO = 500

/** A process that was started, until it has ended with all of its group. */
export class Live {
  readonly spec: Spec
  /** 0 where it could not be started. */
  readonly pid: number
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null = null
  private readonly result: PromiseLike<Problem>
  /** What is signalled: minus the group that it leads, or itself, where it shares the terminal. */
  private readonly target: number
  private readonly home: Household | null = household.get()
  private readonly listeners = new Set<() => void>()
  /** What was sent from here: dying of one of these is no failure. */
  private readonly sent = new Set<string>()

  constructor(execa: typeof import('execa').execa, spec: Spec, pipes: Pipes) {
    const { cwd, env, shell = false } = spec.options
    const isLeader = pipes.stdin !== 'inherit' && process.platform !== 'win32'
    const files: number[] = []
    const open = (stdio: Stdio) => (typeof stdio === 'string' ? stdio : opened(stdio.file, spec, files))
    const stdout = open(pipes.stdout)
    const stderr = open(pipes.stderr)
    try {
      checkDescriptors()
    } catch (error) {
      for (const file of files) closeSync(file)
      throw notStarted(spec.command, (error as Problem).code, error)
    }
    const token = guard.expect()
    const started = execa(spec.file, spec.args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...env, [MARK]: token },
      shell,
      stdin: pipes.stdin,
      // A descriptor is handed on as it is, whatever its type says.
      stdout: stdout as 'pipe',
      stderr: stderr as 'pipe',
      detached: isLeader,
      // Capturing, ending and judging belong to the task, and are done there.
      buffer: false,
      reject: false,
      cleanup: false,
      stripFinalNewline: false,
      windowsHide: true,
    })
    for (const file of files) closeSync(file)
    const child = started as unknown as ChildProcess
    this.spec = spec
    this.result = started as unknown as PromiseLike<Problem>
    this.stdin = child.stdin
    this.stdout = child.stdout
    this.stderr = child.stderr
    this.pid = child.pid ?? 0
    this.target = isLeader ? -this.pid : this.pid
    if (this.pid === 0) {
      guard.notStarted(token)
      return
    }
    guard.watch(token, this.target)
    this.home?.pids.add(this.pid)
    this.stdin?.on('error', () => {})
    child.once('exit', (code, signal) => this.ended(code, signal))
  }

  /** Throws where it could not be started. */
  started(): Co<void> {
    return starting(this, this.result)
  }

  status(stderr: string): ProcessStatus {
    const { code, signal } = this.exit!
    return { command: this.spec.command, pid: this.pid, exitCode: code, signal, stderr }
  }

  get hasFailed(): boolean {
    const { code, signal } = this.exit!
    return signal === null ? code !== 0 : !this.sent.has(signal)
  }

  /** Sends a signal to it and all of its group; nothing where it has ended. */
  signal(name: NodeJS.Signals): void {
    if (this.exit !== null || this.pid === 0) return
    this.sent.add(name)
    this.send(name)
  }

  private send(name: NodeJS.Signals): void {
    try {
      process.kill(this.target, name)
    } catch (error) {
      // It is gone, and that will be told.
      if ((error as Problem).code !== 'ESRCH') throw error
    }
  }

  /** Waits for its exit; `abort` is called where the wait is cut short. */
  wait(abort?: () => void): Co<void> {
    return suspend(resume => {
      if (this.exit !== null || this.pid === 0) resume()
      this.listeners.add(resume)
      return () => {
        this.listeners.delete(resume)
        abort?.()
      }
    })
  }

  stop(): Co<void> {
    return stopping(this)
  }

  get grace(): number {
    const { grace } = this.spec.options
    const { shutdown } = this.home ?? { shutdown: Infinity }
    return grace ?? Math.min(DEFAULT_GRACE, Math.max(shutdown - TO_GO, shutdown / 2))
  }

  private ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.exit = { code, signal }
    try {
      // What it has started and left behind ends with it.
      if (this.target < 0) this.send('SIGKILL')
    } catch {
      // Somebody else's: it was started under another user.
    }
    guard.forget(this.target)
    this.home?.pids.delete(this.pid)
    for (const resume of this.listeners) resume()
    this.listeners.clear()
  }

  pipeOf<W extends 'stdin' | 'stdout'>(what: W): NonNullable<Live[W]> {
    const pipe = this[what]
    if (pipe === null) throw usage.noStream(this.spec.command, what)
    return pipe
  }

  /** Lets go of its pipes. */
  release(): void {
    for (const pipe of [this.stdin, this.stdout, this.stderr]) pipe?.destroy()
  }
}

/** The file itself, and not a stream of ours: it is written to also while this process is busy. */
function opened(file: string, { command }: Spec, files: number[]): number {
  try {
    const opened = openSync(file, 'a')
    files.push(opened)
    return opened
  } catch (error) {
    for (const each of files) closeSync(each)
    throw notStarted(command, undefined, error)
  }
}

const starting = co(function* ({ pid, spec }: Live, result: PromiseLike<Problem>): Coroutine<void> {
  if (pid !== 0) return
  const { code, cause } = yield* wait(result)
  const { cwd } = spec.options
  if (cwd !== undefined && !statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw noFolder(spec.command, cwd)
  throw notStarted(spec.command, code, cause)
})

/** Asks it to end, and kills it where it does not do so in time, or where this itself is cut short. */
const stopping = co(function* (live: Live): Coroutine<void> {
  const kill = () => live.signal('SIGKILL')
  live.signal(live.spec.options.stopSignal ?? 'SIGTERM')
  yield* moveOnAfter(live.grace, () => live.wait(kill))
  yield* live.wait(kill)
})

/** Stops all of them at once. */
export const stopAll = co(function* (lives: readonly Live[]): Coroutine<void> {
  const exits = yield* allSettled(lives.map(live => () => live.stop()))
  const errors = exits.flatMap(exit => (exit.status === 'failed' ? [exit.error] : []))
  if (errors.length > 0) throw combine(errors)
})

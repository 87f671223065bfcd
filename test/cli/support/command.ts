import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const MAIN = fileURLToPath(new URL('../../../../dist/cli/main.js', import.meta.url))

/** Not the user's own. */
const CACHE = mkdtempSync(join(tmpdir(), 'omakase-cache-'))
process.on('exit', () => rmSync(CACHE, { recursive: true, force: true, maxRetries: 5 }))

/** A line of output. */
export interface Line {
  readonly index: number
  readonly input: any
  readonly output?: any
  readonly error?: { readonly name: string; readonly message: string; readonly [key: string]: any }
  readonly attempts?: number
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The standard output as lines of JSON. */
  readonly lines: Line[]
}

export interface Where {
  readonly cwd: string
  /** What stands on standard input; nothing unless given. */
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** The command while it runs. */
export class Command {
  readonly child: ChildProcessWithoutNullStreams
  /** In the environment of all processes that come from it. */
  readonly mark: string
  readonly ended: Promise<Ended>
  stdout = ''
  stderr = ''
  private readonly signal: AbortSignal

  constructor(t: TestContext, args: readonly string[], { cwd, env }: Where) {
    this.signal = t.signal
    this.mark = `OMAKASE_TEST_MARK=${randomUUID()}`
    const [name, value] = this.mark.split('=') as [string, string]
    // A group of its own, as a shell gives to each of its jobs.
    this.child = spawn(process.execPath, [MAIN, ...args], {
      cwd,
      detached: true,
      env: { ...process.env, XDG_CACHE_HOME: CACHE, ...env, [name]: value },
    })
    t.after(() => this.child.kill('SIGKILL'))
    this.child.stdin.on('error', () => {})
    this.child.stdout.setEncoding('utf8').on('data', text => {
      this.stdout += text
    })
    this.child.stderr.setEncoding('utf8').on('data', text => {
      this.stderr += text
    })
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      const { stdout, stderr } = this
      return {
        code,
        signal,
        stdout,
        stderr,
        get lines() {
          return parsed(stdout)
        },
      }
    })
  }

  /** Until its standard output matches; fails when it has ended without. */
  async prints(expected: RegExp): Promise<void> {
    await this.until(() => expected.test(this.stdout))
  }

  /** Until its standard error matches; fails when it has ended without. */
  async says(expected: RegExp): Promise<void> {
    await this.until(() => expected.test(this.stderr))
  }

  /** As a terminal does at Ctrl-C: to everything in the job. */
  interrupt(signal: NodeJS.Signals = 'SIGINT'): void {
    process.kill(-this.child.pid!, signal)
  }

  private async until(test: () => boolean): Promise<void> {
    while (!test()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        await this.ended
        if (test()) return
        throw new Error(`it ended without:\n${this.stdout}\n${this.stderr}`)
      }
      await pause(5, undefined, { signal: this.signal })
    }
  }
}

/** Starts the command; the test kills it if nothing else ends it. */
export function start(t: TestContext, args: readonly string[], where: Where): Command {
  return new Command(t, args, where)
}

/** Runs the command to its end. */
export function omakase(t: TestContext, args: readonly string[], where: Where): Promise<Ended> {
  const command = start(t, args, where)
  command.child.stdin.end(where.input ?? '')
  return command.ended
}

export function parsed(text: string): Line[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}

/** The outputs in the order of the inputs. */
export function outputs({ lines }: { readonly lines: readonly Line[] }): unknown[] {
  return sorted(lines).map(({ output }) => output)
}

export function sorted(lines: readonly Line[]): Line[] {
  return [...lines].sort((a, b) => a.index - b.index)
}

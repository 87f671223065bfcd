import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Writable } from 'node:stream'

/** The variable by which a process is found that was starting when its parent died. */
export const MARK = 'OMAKASE_GUARD'

// Nothing in a process that was killed can clean up after it, and Node cannot ask the kernel to (prctl). So another
// process holds the end of a pipe, and acts when the other end is gone. A shell, since it takes a hundred kilobytes
// where Node takes ten megabytes and sixty milliseconds; the text below is all that it ever runs.
// It is told `? TOKEN` before a start, `+ TOKEN TARGET` after it, `- TARGET` when that has ended, and `! TOKEN` where it
// could not be started. What stood between the first two is found by its environment. What there is when it begins stands
// among its arguments: there is no moment at which it is there, and does not know that.
const SCRIPT = `
trap '' HUP INT QUIT TERM USR1 USR2 PIPE
all=' ' open=' '
for each; do
  case $each in
    *.) open="$open$each " ;;
    *) all="$all$each " ;;
  esac
done
while read -r what one two; do
  case $what in
    '?') open="$open$one " ;;
    '+') open="\${open%% $one *} \${open#* $one }" all="$all$two " ;;
    '!') open="\${open%% $one *} \${open#* $one }" ;;
    '-') case $all in *" $one "*) all="\${all%% $one *} \${all#* $one }" ;; esac ;;
  esac
done
late() {
  for token in $open; do
    for file in $(grep -lsF -- "${MARK}=$token" /proc/[0-9]*/environ); do
      pid=\${file#/proc/}
      kill -s KILL -- "-\${pid%/environ}" "\${pid%/environ}"
    done
  done
}
for each in $all; do kill -s TERM -- "$each"; done
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  late
  left=
  for each in $all; do kill -s 0 -- "$each" && left=1; done
  [ -z "$left" ] && [ "$open" = ' ' ] && exit
  sleep 0.1
done 2>/dev/null
for each in $all; do kill -s KILL -- "$each"; done
`

/** A guard that dies younger, so often in a row, cannot live here now; once, the system may have been short of something. */
const SHORT_LIFE = 1000
const MOST_DEATHS = 3

/** What `kill` understands: a process, or minus the group that it leads. */
type Target = number

/**
 * Ends the subprocesses of this process when that is gone, however it went: SIGTERM, and after two seconds SIGKILL.
 * Windows does that by itself: what a Node process starts there belongs to a job that ends with it.
 */
class Guard {
  private readonly targets = new Set<Target>()
  private readonly open = new Set<string>()
  private process: ChildProcess | null = null
  private readonly base = randomBytes(8).toString('hex')
  private starts = 0
  private earlyDeaths = 0
  private hasWarned = false

  /** Before a start. Gives what the environment of the new process has to hold as `MARK`. */
  expect(): string {
    // With a point at its end none is the beginning of another, nor a target.
    const token = `${this.base}-${++this.starts}.`
    this.open.add(token)
    if (this.process === null) this.start()
    else this.tell(`? ${token}`)
    return token
  }

  watch(token: string, target: Target): void {
    this.open.delete(token)
    this.targets.add(target)
    this.tell(`+ ${token} ${target}`)
  }

  notStarted(token: string): void {
    this.open.delete(token)
    this.tell(`! ${token}`)
  }

  forget(target: Target): void {
    this.targets.delete(target)
    this.tell(`- ${target}`)
  }

  private tell(line: string): void {
    this.process?.stdin?.write(`${line}\n`)
  }

  private start(): void {
    if (process.platform === 'win32') return
    const known = [...this.open, ...this.targets].map(String)
    let guard: ChildProcess
    try {
      guard = spawn('/bin/sh', ['-c', SCRIPT, 'omakase-guard', ...known], {
        // In a session of its own: what is sent to the terminal's group does not reach it.
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
        cwd: '/',
        env: { PATH: process.env.PATH },
      })
    } catch {
      // The system has no memory for it.
      this.died(true)
      return
    }
    const began = performance.now()
    this.process = guard
    const ended = () => {
      if (this.process === guard) this.died(guard.pid === undefined || performance.now() - began < SHORT_LIFE)
    }
    guard.once('exit', ended).once('error', ended)
    guard.unref()
    // Without a free descriptor there is none.
    const stdin = guard.stdin as (Writable & { unref(): void }) | undefined
    stdin?.on('error', () => {}).unref()
  }

  /** Starts another one, unless they die as they come: then with the next process that is started. */
  private died(isEarly: boolean): void {
    this.process = null
    this.earlyDeaths = isEarly ? this.earlyDeaths + 1 : 0
    if (this.earlyDeaths < MOST_DEATHS) {
      if (this.targets.size > 0 || this.open.size > 0) this.start()
    } else if (!this.hasWarned) {
      this.hasWarned = true
      process.emitWarning(
        'the guard of subprocesses cannot run (/bin/sh): they may outlive this process where it is killed',
      )
    }
  }
}

export const guard = new Guard()

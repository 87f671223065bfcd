import { constants, readFileSync, rmSync, type Stats } from 'node:fs'
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises'
import { BadUsage } from '../../workers/bad-usage.js'

/** Who writes a file: a line of the one that lies beside it while it is being written. */
interface Claim {
  readonly pid: number
  /** When the process began, since its number may be given to another one; empty where the system does not tell. */
  readonly started: string
}

/**
 * Keeps a second run from writing the same file, as long as this process lives.
 *
 * Whoever wants the file adds a line to the one beside it, and has it if all that stand above are dead. Nobody ever
 * takes another's line away, so that no two can both believe that they have removed the last dead one; and what a
 * killed run leaves behind is in nobody's way. A run on another machine, or in another container, passes for dead:
 * it cannot be seen, and a new container must be able to go on where a killed one stopped.
 *
 * @returns what lets go of the file again.
 * @throws {BadUsage} where another run is writing it.
 */
export async function lock(path: string): Promise<() => Promise<void>> {
  const beside = `${path}.omakase-lock`
  for (;;) {
    let file: FileHandle
    try {
      file = await open(beside, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT)
    } catch (error) {
      if (!FORBIDDEN.includes((error as NodeJS.ErrnoException).code!)) throw error
      // Where nothing can be made beside the file it can still be seen what others have made.
      refuseIfTaken(path, await readFile(beside, 'utf8').catch(() => ''))
      return async () => {}
    }
    try {
      // The line before may have been cut off.
      await file.appendFile(`\n${JSON.stringify(MINE)}\n`)
      refuseIfTaken(path, await whole(file))
      // Whoever had it may have taken it away in between: then what we hold is not the one beside the file any more.
      if (isSame(await file.stat(), await stat(beside).catch(() => null))) return releasing(beside)
    } finally {
      await file.close()
    }
  }
}

const FORBIDDEN = ['EACCES', 'EPERM', 'EROFS']
const MINE: Claim = { pid: process.pid, started: startOf(process.pid) ?? '' }

/** It is taken away by whoever has it, and before anybody can see that it is dead. */
function releasing(beside: string): () => Promise<void> {
  const atExit = () => rmSync(beside, { force: true })
  process.once('exit', atExit)
  return async () => {
    process.off('exit', atExit)
    await rm(beside, { force: true })
  }
}

function refuseIfTaken(path: string, text: string): void {
  const owner = claims(text).find(isAlive)
  if (owner === undefined || (owner.pid === MINE.pid && owner.started === MINE.started)) return
  throw new BadUsage(
    `${path} is being written by another run, process ${owner.pid}: wait until it has ended, or name another file`,
  )
}

function claims(text: string): Claim[] {
  return text.split('\n').flatMap(line => {
    try {
      const claim: Claim = JSON.parse(line)
      return Number.isInteger(claim.pid) ? [claim] : []
    } catch {
      return []
    }
  })
}

function isAlive({ pid, started }: Claim): boolean {
  const now = startOf(pid)
  if (now !== undefined) return now === started
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A name for this start of this process, also beyond one of the machine; undefined where it is not there, or no Linux. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X'
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return hasEnded ? 'ended' : `${boot} ${fields[19]}`
  } catch {
    return undefined
  }
}

async function whole(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0)
  return buffer.toString('utf8', 0, bytesRead)
}

function isSame(one: Stats, other: Stats | null): boolean {
  return other !== null && one.ino === other.ino && one.dev === other.dev
}

import { readdirSync, readFileSync } from 'node:fs'

/** A process that lives, as /proc tells of it. */
export interface Process {
  readonly pid: number
  readonly parent: number
  /** With its number, what no other process has had. */
  readonly began: string
}

/** The processes with this on their command line; one that has ended and was not reaped is none. */
export function processesWith(mark: string): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && read(name, 'cmdline').includes(mark))
    .flatMap(pid => {
      // After the name of the program, which may hold anything.
      const [state, parent, ...more] = read(pid, 'stat').split(') ').at(-1)!.split(' ')
      return /^[^ZX]/.test(state!) ? [{ pid: Number(pid), parent: Number(parent), began: more[17]! }] : []
    })
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

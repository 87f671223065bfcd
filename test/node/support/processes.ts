import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export const linuxOnly = { skip: process.platform !== 'linux' && 'looks into /proc' }

/** An argument for `sleep` by which a process is found again. */
export function mark(): string {
  return `${1000 + randomInt(1000)}.${randomInt(2 ** 40)}`
}

/** The processes that live with this on their command line. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid) && read(pid, 'cmdline').includes(text) && isAlive(Number(pid)))
    .map(Number)
}

/** Whether it runs, waits or is stopped; one that has ended and was not reaped does not. */
export function isAlive(pid: number): boolean {
  return /^State:\s+[^ZX\s]/m.test(read(String(pid), 'status'))
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** Whether in the end none is left with this on its command line. */
export async function gone(text: string): Promise<boolean> {
  let looks = 0
  // More than once: between the two halves of an exec a process has no command line.
  return until(() => {
    looks = processesWith(text).length === 0 ? looks + 1 : 0
    return looks === 3
  })
}

/** Waits until something holds, if only for a moment; gives up after a long time. */
export async function until(holds: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (holds()) return true
    await pause(20)
  }
  return false
}

import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export const linuxOnly = { skip: process.platform !== 'linux' && 'looks into /proc' }

/** The processes that were started, by whomever, with this in their environment; dead ones do not count. */
export function processesWith(mark: string): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid)) return false
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)) return false
      return !readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('Z')
    } catch {
      return false
    }
  })
}

/** Those that are still there after five seconds. */
export async function remaining(mark: string): Promise<string[]> {
  for (let waited = 0; waited < 5000 && processesWith(mark).length > 0; waited += 50) await pause(50)
  return processesWith(mark)
}

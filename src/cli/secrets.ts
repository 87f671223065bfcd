import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { shown } from '../cluster/engine/address.js'

/** Also behind a flag, as in `--on=redis://…`. */
const ADDRESS = /redis(s|\+unix)?:\S*/g
const NAMES = ['OMAKASE_REDIS_URL', 'OMAKASE_KEY'] as const

/** What the environment had of the engine, before it was taken out: nothing that is started from here inherits it. */
export const secrets = take()

function take(): { readonly url: string | undefined; readonly key: string | undefined } {
  const [url, key] = NAMES.map(name => process.env[name])
  const line = [process.argv0, ...process.argv.slice(1)].join(' ')
  const hidden = line.replaceAll(ADDRESS, address => shown(address))
  // In place, and at once: a list of processes shows it to everybody.
  if (hidden !== line) process.title = hidden
  if (url !== undefined || key !== undefined) wipe()
  for (const name of NAMES) delete process.env[name]
  return { url, key }
}

/** What a process was started with stays readable for others of its user, in `/proc`, whatever it does with `process.env`. */
function wipe(): void {
  let memory: number | undefined
  try {
    const environment = readFileSync('/proc/self/environ', 'latin1')
    const fields = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    // The 50th of all, by proc(5), which counts from 1; the first two are gone.
    const start = Number(fields[47])
    memory = openSync('/proc/self/mem', 'r+')
    for (const name of NAMES) {
      const [found] = new RegExp(`(?<=(^|\\0)${name}=)[^\\0]+`).exec(environment) ?? []
      if (found === undefined) continue
      const at = environment.search(new RegExp(`(?<=(^|\\0)${name}=)`))
      writeSync(memory, Buffer.alloc(found.length), 0, found.length, start + at)
    }
  } catch {
    // No Linux, or a stricter one: then --user keeps the code of others out.
  } finally {
    if (memory !== undefined) closeSync(memory)
  }
}

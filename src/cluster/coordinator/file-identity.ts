import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'

/**
 * The same for the same file, from whatever container of this machine it is seen; of another machine nothing is known.
 * `null` for a device or a pipe, which any number of runs may write.
 */
export async function fileIdentity(path: string): Promise<string | null> {
  const found = await stat(path)
  if (!found.isFile()) return null
  const { dev, ino } = found
  return createHash('sha256').update(`${machine()} ${dev} ${ino}`).digest('base64url')
}

function machine(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return hostname()
  }
}

import { createHash } from 'node:crypto'

/** By which code is kept, and known to be what it was. */
export function shaOf(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}

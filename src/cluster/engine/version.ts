import { createRequire } from 'node:module'

/** Of this omakase. */
export const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string }

/** Those that understand each other: before 1.0 a minor version may change everything. */
export function minorOf(full: string): string {
  return full.split('.', 2).join('.')
}

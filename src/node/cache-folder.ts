import { homedir } from 'node:os'
import { join } from 'node:path'

/** `$XDG_CACHE_HOME/omakase`, or `~/.cache/omakase`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'omakase')
}

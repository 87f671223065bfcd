import type { isCo } from '../../core/body.js'
import type { run } from '../../core/run.js'

/** The part of the core that coroutines need. */
export interface Runtime {
  readonly run: typeof run
  readonly isCo: typeof isCo
}

let loaded: Runtime | null = null

/**
 * The core, at once where it is there. It takes 15 ms to load, which is a fifth of what a worker needs to start, and
 * most functions are none of its business; what has made a coroutine has loaded it already.
 */
export function runtime(): Runtime | Promise<Runtime> {
  return loaded ?? load()
}

async function load(): Promise<Runtime> {
  const [{ run }, { isCo }] = await Promise.all([import('../../core/run.js'), import('../../core/body.js')])
  loaded = { run, isCo }
  return loaded
}

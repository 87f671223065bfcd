import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Contestant, Row } from '../harness/row.js'
import { here, NO_OP, onTheCluster } from './command.js'
import { OMAKASE } from './machines.js'

/** The machines are there, and have had the code before. */
export const firstResult: Row = {
  name: 'first-result',
  job: 'from typing it to the first line',
  unit: 'ms',
  baseline: 'two processes here',
  limit: { of: ['two machines'], most: 500 },
  contestants: { 'two processes here': first(here), 'two machines': first(onTheCluster) },
}

function first(where: () => Promise<string[]>): Contestant {
  return async () => {
    const args = [OMAKASE, 'map', NO_OP, '--range', '1..10', ...(await where())]
    const start = performance.now()
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(child, 'close')
    await once(child.stdout, 'data')
    const ms = performance.now() - start
    child.stdout.resume()
    await ended
    return ms
  }
}

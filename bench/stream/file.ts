import { execFile } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pipe, toWritable } from 'omakase/stream'
import type { Contestant, Row } from '../harness/row.js'

const CHILD = fileURLToPath(new URL('./file-child.js', import.meta.url))
const BYTES = 1e9
const BLOCK = 10_000

let made: Promise<{ path: string; lines: number }> | undefined

/** A file of 1 GB, of lines as a server logs them, each another. */
async function makeFile(): Promise<{ path: string; lines: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'omakase-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'access.log')
  let lines = 0
  function* blocks() {
    for (let bytes = 0; bytes < BYTES; ) {
      let block = ''
      for (let i = 0; i < BLOCK; i++, lines++)
        block += `2026-01-01T00:00:00Z 10.0.${lines % 256}.7 GET /items/${lines}?page=${lines % 97} ${lines % 50 === 0 ? 500 : 200} ${(lines * 7919) % 100_000}\n`
      bytes += block.length
      yield block
    }
  }
  await pipe(
    blocks,
    toWritable(() => createWriteStream(path)),
  )
  return { path, lines }
}

/** One fresh process reads the whole file; its answer is checked. */
function child(who: string, pick: (figures: { ms: number; peak: number }) => number): Contestant {
  return async () => {
    made ??= makeFile()
    const { path, lines } = await made
    const { stdout } = await promisify(execFile)(process.execPath, [CHILD, who, path])
    const { ms, peak, characters } = JSON.parse(stdout)
    if (characters !== statSync(path).size - lines) throw new Error(`${who} counted ${characters} characters`)
    return pick({ ms, peak })
  }
}

const WHO = ['bare loop', 'omakase', 'readline', 'async generators', 'Node streams', 'Effect']

function contestants(pick: (figures: { ms: number; peak: number }) => number): Row['contestants'] {
  return Object.fromEntries(WHO.map(who => [who, child(who, pick)]))
}

export const file: Row = {
  name: 'file',
  job: 'a file of 1 GB through lines, map and batch: time',
  unit: 'ms',
  baseline: 'bare loop',
  rounds: 3,
  limit: { of: ['omakase'], ratio: 1.9 },
  contestants: contestants(({ ms }) => ms),
}

export const fileMemory: Row = {
  name: 'file-memory',
  job: 'a file of 1 GB through lines, map and batch: most memory that was resident',
  unit: 'B',
  baseline: 'bare loop',
  rounds: 1,
  limit: { of: ['omakase'], most: 150e6 },
  contestants: contestants(({ peak }) => peak),
}

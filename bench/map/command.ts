import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { whole } from '../harness/clock.js'
import type { Contestant, Row } from '../harness/row.js'

const OMAKASE = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const P_MAP = fileURLToPath(new URL('./work/p-map-lines.js', import.meta.url))
const NO_OP = fileURLToPath(new URL('../../map/work/no-op.ts', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'omakase-bench-'))
const lines = join(folder, 'lines.txt')
writeFileSync(lines, Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join(''))
process.on('exit', () => rmSync(folder, { recursive: true }))

/** From typing it to the last line; the function is TypeScript, as users write it. */
export const command: Row = {
  name: 'command',
  job: 'omakase map on a file of 100 lines, all in all',
  unit: 'ms',
  baseline: 'a script with p-map',
  limit: { of: ['omakase map'], most: 600 },
  contestants: {
    'a script with p-map': node(P_MAP, lines),
    'omakase map': node(OMAKASE, 'map', NO_OP, lines),
  },
}

function node(...args: readonly string[]): Contestant {
  return whole(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const results = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    if (results.length !== 100 || results.some(({ input, output }) => input !== output))
      throw new Error(`${results.length} results`)
  })
}

import { readFileSync } from 'node:fs'
import pMap from 'p-map'
import noOp from './no-op.js'

// p-map-lines FILE: the script that one would write instead of the command.
const lines = readFileSync(process.argv[2]!, 'utf8').trimEnd().split('\n')
const outputs = await pMap(lines, noOp, { concurrency: 16 })
for (const [index, output] of outputs.entries())
  process.stdout.write(`${JSON.stringify({ index, input: lines[index], output })}\n`)

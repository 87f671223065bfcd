import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { map } from 'omakase/map'
import { isQuick } from '../harness/size.js'
import type { Fixed } from './workload.js'
import { workloads } from './workloads.js'

// client WORKLOAD ADDRESS PER_MS [PLAN] [--quick]: runs it in this fresh process; prints {ms, plan, reason} as JSON.
const [name, address, perMs, given] = process.argv.slice(2).filter(word => word !== '--quick')
const { inputs, module, options, server } = workloads.find(workload => workload.name === name)!
const fixed: Fixed | undefined = given === undefined ? undefined : JSON.parse(given)
const report = join(tmpdir(), `omakase-regret-${process.pid}.json`)
const whole = inputs({ address: address!, perMs: Number(perMs) })
// Fewer are too few to measure, and have no plan.
const all = isQuick ? whole.slice(0, Math.max(16, Math.ceil(whole.length / 10))) : whole

const start = performance.now()
const outputs = await map(all, module, { ...options, ...fixed, report }).outputs()
const ms = performance.now() - start

if (outputs.length !== all.length || (server !== undefined && outputs.some(output => output !== 200)))
  throw new Error('outputs are wrong')
const { plan, reason } = JSON.parse(readFileSync(report, 'utf8'))
rmSync(report)
process.stdout.write(JSON.stringify({ ms, plan, reason }))
process.exit()

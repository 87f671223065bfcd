import { commands } from './cluster/commands.js'
import { computing } from './cluster/computing.js'
import { consume } from './cluster/consume.js'
import { firstResult } from './cluster/first-result.js'
import { memory } from './cluster/memory.js'
import { noOp } from './cluster/no-op.js'
import { poolCall } from './cluster/pool-call.js'
import { main } from './harness/main.js'

// consume is the last: it wants the processors for itself, without machines.
await main('cluster', [noOp, ...computing, firstResult, poolCall, commands, memory, consume], 7)
process.exit()

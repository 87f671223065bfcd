import { main } from './harness/main.js'
import { computing } from './throughput/computing.js'
import { exec } from './throughput/exec.js'
import { memory } from './throughput/memory.js'
import { noOpLoop } from './throughput/no-op-loop.js'
import { noOpProcesses } from './throughput/no-op-processes.js'
import { noOpThreads } from './throughput/no-op-threads.js'
import { requests } from './throughput/requests.js'
import { singleCalls } from './throughput/single-calls.js'

const rows = [noOpThreads, noOpProcesses, singleCalls, noOpLoop, computing, requests, exec, memory]

await main('throughput', rows, 5)

import { main } from './harness/main.js'
import { command } from './map/command.js'
import { computing } from './map/computing.js'
import { noOpLoop } from './map/no-op-loop.js'
import { noOpProcesses } from './map/no-op-processes.js'
import { requests } from './map/requests.js'

await main('map', [noOpLoop, noOpProcesses, requests, computing, command], 7)

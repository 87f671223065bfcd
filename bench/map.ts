import { main } from './harness/main.js'
import { command } from './map/command.js'
import { requests } from './map/requests.js'

await main('map', [requests, command], 7)

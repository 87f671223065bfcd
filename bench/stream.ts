import { main } from './harness/main.js'
import { fanned } from './stream/fan.js'
import { file, fileMemory } from './stream/file.js'
import { stages, waitingStages } from './stream/stages.js'

await main('stream', [stages, waitingStages, fanned, file, fileMemory], 11)

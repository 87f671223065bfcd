import { bytesOfTimer, bytesOfWait } from './core/bytes.js'
import { call } from './core/call.js'
import { cancel } from './core/cancel.js'
import { channel } from './core/channel.js'
import { depth } from './core/depth.js'
import { massSpawn } from './core/mass-spawn.js'
import { spawnJoin } from './core/spawn-join.js'
import { switching } from './core/switch.js'
import { main } from './harness/main.js'

await main(
  'core',
  [call, switching, spawnJoin, massSpawn, channel, depth, cancel, bytesOfWait, bytesOfTimer],
  15,
)

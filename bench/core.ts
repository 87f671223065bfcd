import { all } from './core/all.js'
import { bytesOfTimer, bytesOfWait } from './core/bytes.js'
import { call } from './core/call.js'
import { cancel } from './core/cancel.js'
import { channel } from './core/channel.js'
import { depth } from './core/depth.js'
import { massSpawn } from './core/mass-spawn.js'
import { mutex } from './core/mutex.js'
import { select } from './core/select.js'
import { sleepersBytes, sleepersStart, sleepersWake } from './core/sleepers.js'
import { spawnJoin } from './core/spawn-join.js'
import { switching } from './core/switch.js'
import { timeout } from './core/timeout.js'
import { timerMedian, timerWorst } from './core/timer.js'
import { main } from './harness/main.js'

const rows = [
  call,
  switching,
  spawnJoin,
  massSpawn,
  all,
  channel,
  select,
  mutex,
  timeout,
  depth,
  cancel,
  timerMedian,
  timerWorst,
  bytesOfWait,
  bytesOfTimer,
  sleepersBytes,
  sleepersStart,
  sleepersWake,
]

await main('core', rows, 15)

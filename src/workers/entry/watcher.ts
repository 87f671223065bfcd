import { createRequire } from 'node:module'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import type { Held } from '../held.js'

/** The descriptor over which the watcher tells who holds the event loop. */
export const WATCHER_FD = 4
const EVERY = 250
/** Where memory is bounded, it is looked at so often; every third time also who holds the loop. */
const MEMORY_EVERY = 100

/** Where the parent is gone the watcher is mostly sooner; this is for the rest. */
const LOOK_FOR_PARENT = 3000

/** The file that this process has its module from, once it has one. */
let module: string | undefined

/**
 * Ends this process, with all that it started, when its parent is gone: where the watcher is late, or none could be
 * started, as in a folder that has been taken away.
 */
export function endWithParent(): void {
  // It may have been gone before anything here could look; nor is it anything that the user's code expects there.
  const parent = Number(process.argv.splice(2)[0])
  const look = () => {
    if (process.ppid === parent) return
    if (module !== undefined) takeAway(createRequire(import.meta.url), module)
    process.kill(-process.pid, 'SIGKILL')
  }
  // It also keeps the process from ending by itself when the channel is closed, before the watcher has tidied up.
  setInterval(look, LOOK_FOR_PARENT)
}

/**
 * Starts a thread that ends this process, with all that it started, when its parent is gone: it also works while the
 * event loop computes without end or sits in a synchronous call. Where the loop has not turned between two looks, the
 * parent is told who holds it, as long as that lasts.
 */
export function startWatcher(parent: number, held: Held, code: string): void {
  module = code
  const watcher = new Worker(`(${watch})(require, ${takeAway})`, {
    eval: true,
    workerData: {
      parent,
      memory: held.memory,
      code,
      every: EVERY,
      memoryEvery: MEMORY_EVERY,
      fd: WATCHER_FD,
      pid: process.pid,
    },
    env: SHARE_ENV,
    execArgv: [],
    name: 'omakase watcher',
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  })
  watcher.unref()
  watcher.on('error', () => {})
}

// Its source is evaluated in another thread: nothing from outside of it is there.
function watch(require: NodeJS.Require, remove: typeof takeAway): void {
  const { writeSync } = require('node:fs') as typeof import('node:fs')
  const { workerData } = require('node:worker_threads') as typeof import('node:worker_threads')
  const { parent, memory, code, every, memoryEvery, fd, pid } = workerData
  const ids = new Float64Array(memory, 0, 2)
  const beats = new Int32Array(memory, 16, 2)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  let seen = -1
  let looks = 0
  for (;;) {
    const limit = beats[1]! * 1024
    Atomics.wait(pause, 0, 0, limit > 0 ? memoryEvery : every)
    if (process.ppid !== parent) {
      remove(require, code)
      process.kill(-pid, 'SIGKILL')
    }
    if (limit > 0) {
      const rss = process.memoryUsage.rss()
      if (rss > limit) {
        try {
          writeSync(fd, `m${rss}\n`)
        } catch {}
        process.kill(-pid, 'SIGKILL')
      }
      if (looks++ % 3 > 0) continue
    }
    const beat = beats[0]!
    const holder = ids[0] !== -1 ? ids[0]! : ids[1]!
    if (beat === seen && holder !== -1) {
      try {
        writeSync(fd, `${holder}\n`)
      } catch {}
    }
    seen = beat
  }
}

/** Others that had the module may be doing the same: what they have not come to is done here. */
function takeAway(require: NodeJS.Require, code: string): void {
  const { rmdirSync, unlinkSync } = require('node:fs') as typeof import('node:fs')
  const { basename, dirname } = require('node:path') as typeof import('node:path')
  const folder = dirname(code)
  // Only what `codeFile` has made, whatever was given instead.
  if (!basename(folder).startsWith('omakase-')) return
  try {
    unlinkSync(code)
  } catch {}
  try {
    rmdirSync(folder)
  } catch {}
}

import { readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'
import type { Usage } from '../worker.js'

/** Reading the resident size is a system call and a file: not for every message. */
const RSS_EVERY = 100
/** The same for the time in which threads had no core: a file each. */
const QUEUED_EVERY = 20

/** Milliseconds. Asking costs as much as many small calls: not for every message, once so many say what they are. */
export const USAGE_EVERY = 50
const FEW = 1000

let usage: Usage | null = null
let rss = 0
let rssAt = Number.NEGATIVE_INFINITY
let queued = { all: 0, loop: 0 }
let queuedAt = Number.NEGATIVE_INFINITY

/** Resident memory in bytes, at most 100 ms old. */
export function rssNow(at = performance.now()): number {
  if (at - rssAt >= RSS_EVERY) {
    rss = process.memoryUsage.rss()
    rssAt = at
  }
  return rss
}

/** At most 50 ms old; while only a few calls have begun, as it is now. */
export function usageNow(begun: number): Usage {
  const at = performance.now()
  if (usage === null || begun < FEW || at - usage.at >= USAGE_EVERY) usage = ask(begun, at)
  return usage
}

/** As it is now; how many calls have begun is as it was last told. */
export function usageAtOnce(): Usage {
  return ask(usage?.begun ?? 0, performance.now())
}

function ask(begun: number, at: number): Usage {
  const { active, idle } = performance.eventLoopUtilization()
  const { user, system } = process.cpuUsage()
  if (at - queuedAt >= QUEUED_EVERY) {
    queued = queuedNow()
    queuedAt = at
  }
  const cpu = (user + system) / 1000
  return { at, active, idle, cpu, queued: queued.all, loopQueued: queued.loop, rss: rssNow(at), begun }
}

/**
 * Milliseconds, of all threads, as the processor time is, and of the one with the loop. Linux tells; elsewhere, and where
 * it is switched off, it counts as nothing.
 */
function queuedNow(): typeof queued {
  let [all, loop] = [0, 0]
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      const ms = Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1').split(' ')[1]) / 1e6
      all += ms
      if (isMainThread && thread === String(process.pid)) loop = ms
    }
  } catch {
    return queued
  }
  return { all, loop }
}

import { performance } from 'node:perf_hooks'
import type { Usage } from '../worker.js'

/** Reading the resident size is a system call and a file: not for every message. */
const RSS_EVERY = 100

let rss = 0
let rssAt = Number.NEGATIVE_INFINITY

/** Resident memory in bytes, at most 100 ms old. */
export function rssNow(at = performance.now()): number {
  if (at - rssAt >= RSS_EVERY) {
    rss = process.memoryUsage.rss()
    rssAt = at
  }
  return rss
}

export function usageNow(begun: number): Usage {
  const at = performance.now()
  const { active, idle } = performance.eventLoopUtilization()
  const { user, system } = process.cpuUsage()
  return { at, active, idle, cpu: (user + system) / 1000, rss: rssNow(at), begun }
}

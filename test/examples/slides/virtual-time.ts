import type { Clock } from 'omakase'
import { monotonic } from '#src/core/clock.js'
import { queued } from '#src/core/scheduler.js'

// node --import …: gives a program a clock that stands still while anything runs, and jumps to the next timer when
// nothing does. What blocks takes its time on this clock.

/** Turns of the event loop without anything to do, after which nothing is under way: deadlines are a turn late. */
const QUIET = 4

let time = 0
let armed: { at: number; fire: () => void } | undefined
let isWatching = false

function watch(quiet: number): void {
  setImmediate(() => {
    if (armed === undefined) isWatching = false
    else if (queued() > 0) watch(0)
    else if (quiet < QUIET) watch(quiet + 1)
    else {
      const { at, fire } = armed
      armed = undefined
      time = Math.max(time, at)
      watch(0)
      fire()
    }
  })
}

const virtual: Clock = {
  resolution: 0,
  now: () => time,
  arm(at, fire) {
    armed = { at, fire }
    if (isWatching) return
    isWatching = true
    watch(0)
  },
  disarm() {
    armed = undefined
  },
}
Object.assign(monotonic, virtual)

Atomics.wait = (_cell: unknown, _index: unknown, _value: unknown, ms = Infinity) => {
  time += ms
  return 'timed-out'
}

import { inContext } from './async-context.js'
import { step } from './loop.js'
import { machine } from './machine.js'
import type { TaskImpl } from './task.js'

/**
 * One first-in-first-out queue of tasks that can go on. It is started from a microtask and gives the event loop
 * back after a slice of work, so that neither timers nor sockets wait for it.
 */

const SLICE_MS = 1
/** How often within a slice the clock is looked at: reading it costs a third of a switch. */
const LOOK_MS = SLICE_MS / 4
const MOST_STEPS_BETWEEN_LOOKS = 128
/** The longest ring that is kept when it has become empty. */
const KEPT = 65_536

// A ring: an array that grows at one end and is cut at the other costs more than everything else here.
let ring: (TaskImpl | null)[]
let mask: number
let head: number
let tail: number
empty()

const stepInContext = inContext(step)

let scheduled = false
let draining = false
/** Work done since the event loop last turned: microtasks alone could otherwise starve it in short slices. */
let spent = 0
/** What has to happen when this turn's timers and sockets have all been heard. */
let atTurnsEnd: (() => void)[] = []
/** Steps the ready tasks instead of the loop below: schedules of tests. */
let conduct: (() => void) | null = null

export function enqueue(task: TaskImpl): void {
  if (machine.hooks !== null) machine.hooks.taskScheduled(task)
  if (((tail + 1) & mask) === head) grow()
  ring[tail] = task
  tail = (tail + 1) & mask
  if (!scheduled && !draining) {
    scheduled = true
    queueMicrotask(drain)
  }
}

/** Holds all tasks back until the event loop has heard everything that is due in this turn, then calls `fn`. */
export function afterThisTurn(fn: () => void): void {
  if (atTurnsEnd.push(fn) === 1) nextTurn(turn)
}

/** How many tasks are in the queue. */
export function queued(): number {
  return (tail - head) & mask
}

export function peekQueued(place: number): TaskImpl {
  return ring[(head + place) & mask]!
}

/** Steps another task than the first one in the queue, which takes its place there. */
export function stepQueued(place: number): void {
  const at = (head + place) & mask
  const task = ring[at]!
  ring[at] = ring[head]!
  ring[head] = null
  head = (head + 1) & mask
  stepInContext(task)
}

/**
 * Has the queue stepped by `fn`, once a turn of the event loop, so that no promise is on its way when it is called;
 * null for the loop below.
 */
export function conductBy(fn: (() => void) | null): void {
  conduct = fn
  spent = fn === null ? 0 : Infinity
}

function drain(): void {
  scheduled = false
  if (atTurnsEnd.length > 0) return
  if (spent > SLICE_MS) {
    scheduled = true
    nextTurn(turn)
    return
  }
  draining = true
  const start = performance.now()
  try {
    if (conduct === null) stepInOrder(start)
    else conduct()
  } finally {
    draining = false
    spent = conduct === null ? spent + performance.now() - start : Infinity
    if (head !== tail) {
      scheduled = true
      nextTurn(turn)
    } else if (ring.length > KEPT) empty()
  }
}

function stepInOrder(start: number): void {
  const end = start + SLICE_MS - spent
  let looked = start
  let steps = 8
  let left = steps
  while (head !== tail) {
    const task = ring[head]!
    ring[head] = null
    head = (head + 1) & mask
    stepInContext(task)
    if (--left === 0) {
      const now = performance.now()
      if (now >= end) break
      steps = Math.max(1, Math.min(MOST_STEPS_BETWEEN_LOOKS, Math.floor((steps * LOOK_MS) / (now - looked))))
      left = steps
      looked = now
    }
  }
}

function turn(): void {
  spent = 0
  const due = atTurnsEnd
  if (due.length > 0) {
    atTurnsEnd = []
    for (const fn of due) fn()
  }
  drain()
}

/** Also lets the memory go that a burst has taken. */
function empty(): void {
  ring = new Array(1024).fill(null)
  mask = ring.length - 1
  head = tail = 0
}

function grow(): void {
  const size = ring.length
  const wider: (TaskImpl | null)[] = new Array(size * 2).fill(null)
  for (let i = 0; i < size; i++) wider[i] = ring[(head + i) & mask]!
  tail = (tail - head) & mask
  head = 0
  ring = wider
  mask = ring.length - 1
}

// The platform's own, also where a test replaces it by a timer of its own.
const { setImmediate } = globalThis

/** Calls the function when the event loop has turned. */
export const nextTurn: (fn: () => void) => void =
  typeof setImmediate === 'function' ? fn => void setImmediate(fn) : messageTurn()

function messageTurn(): (fn: () => void) => void {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  const heard = { onmessage: () => waiting.shift()!() }
  Object.assign(port1, heard)
  return fn => {
    waiting.push(fn)
    port2.postMessage(0)
  }
}

import { Agenda } from './agenda.js'

/** The rules that the coordinator goes by: those of `src/cluster/coordinator/chunk-size.ts`. */
export type Rules = Pick<
  typeof import('../../dist/cluster/coordinator/chunk-size.js'),
  'chunkSize' | 'hasRoom' | 'CHUNKS_PER_SECOND'
>

export interface Case {
  readonly machines: number
  /** Of each machine: items at once. */
  readonly slots: number
  readonly itemMs: number
  /** So many machines are gone halfway through what is measured. */
  readonly lost?: number
}

/** What one Redis and one coordinator can do. */
export interface Costs {
  /** Of a job, from being published to being done, where the jobs come one by one. */
  readonly jobsPerSecond: number
  /** Of a report, in milliseconds of Redis. */
  readonly reportMs: number
  readonly linesPerSecond: number
  /** To Redis and back, in milliseconds. */
  readonly roundTripMs: number
}

export interface Outcome {
  readonly itemsPerSecond: number
  /** Parts of what there is: 1 is all of it. */
  readonly busy: number
  readonly redis: number
  readonly coordinator: number
  readonly chunk: number
  readonly chunksPerSecond: number
  readonly reportsPerSecond: number
  /** Items that are published and have not ended, at most. */
  readonly open: number
  /** Until nine tenths of the rate were reached. */
  readonly rampMs: number
  /** Items that were run again because a machine was lost. */
  readonly again: number
}

const RATE_EVERY_MS = 250
const BEAT_EVERY_MS = 1000
const WEIGHT = 0.4
/** What ends on a machine so soon after a report goes with the next one, and also what ends in four times that one's time. */
const GATHER_MS = 10
const TIMES_AS_LONG = 4
const MOST_GATHER_MS = 250
/** What a machine has ready before its slots are free: what is on its way to its processes. */
const AHEAD_MS = 25
const FEWEST_HELD = 2
const MOST_HELD = 1024
/** What Redis takes from one connection before it turns to the others. */
const TURN = 20
/** Until a lost machine's chunks are somebody else's: the lock and the check for it. */
const BACK_MS = 7500
const MEASURED_MS = 20_000

interface Chunk {
  items: number
  begin: number
  end: number
  reported: number
}

interface Machine {
  readonly active: Set<Chunk>
  held: number
  freeAt: number
  isFetching: boolean
  isWaiting: boolean
  isFull: boolean
  isTicking: boolean
  isReporting: boolean
  tookMs: number
  isLost: boolean
}

/** One run of items that all take the same time, without end: what it comes to, and what holds it up. */
export function simulate(
  { machines: count, slots, itemMs, lost = 0 }: Case,
  costs: Costs,
  rules: Rules,
): Outcome {
  const { chunkSize, hasRoom } = rules
  const agenda = new Agenda()
  const jobMs = 1000 / costs.jobsPerSecond
  const [publishMs, fetchMs, doneMs] = [jobMs / 3, jobMs / 3, jobMs / 3]
  const warmUp = Math.max(40_000, 4 * itemMs)
  const until = warmUp + MEASURED_MS
  let now = 0

  const machines: Machine[] = Array.from({ length: count }, () => ({
    active: new Set(),
    held: 0,
    freeAt: 0,
    isFetching: false,
    isWaiting: false,
    isFull: false,
    isTicking: false,
    isReporting: false,
    tookMs: 0,
    isLost: false,
  }))

  // --- Redis: does one thing after the other, for whoever has asked, in turns ---------------------------------------

  let asked: { ms: number; done: () => void }[] = []
  const publishing: Chunk[] = []
  let isTurning = false
  let redisMs = 0

  const ask = (ms: number, done: () => void): void => {
    asked.push({ ms, done })
    turn()
  }
  const turn = (): void => {
    if (isTurning || (asked.length === 0 && publishing.length === 0)) return
    isTurning = true
    const list = asked
    asked = []
    let at = now
    for (const { ms, done } of list) {
      at += ms
      agenda.add(at + costs.roundTripMs / 2, done)
    }
    const published = publishing.splice(0, TURN)
    at += published.length * publishMs
    if (now >= warmUp) redisMs += at - now
    agenda.add(at, () => {
      isTurning = false
      for (const chunk of published) ready.push(chunk)
      wakeMachines()
      turn()
    })
  }

  // --- the coordinator ----------------------------------------------------------------------------------------------

  let size = 1
  let known = count * slots
  let perSecond = 0
  let ended = 0
  let openChunks = 0
  let openItems = 0
  let tokens = rules.CHUNKS_PER_SECOND
  let tokensAt = 0
  let readAt = 0
  let coordinatorMs = 0
  let mostOpen = 0
  let allEnded = 0
  let chunks = 0
  let reports = 0
  let again = 0
  const perPeriod: number[] = []

  const publish = (): void => {
    tokens = Math.min(rules.CHUNKS_PER_SECOND, tokens + ((now - tokensAt) * rules.CHUNKS_PER_SECOND) / 1000)
    tokensAt = now
    while (
      tokens >= 1 &&
      hasRoom({ chunks: openChunks, items: openItems }, { seats: known, slots: known }, size, perSecond)
    ) {
      tokens--
      openChunks++
      openItems += size
      publishing.push({ items: size, begin: 0, end: 0, reported: 0 })
    }
    mostOpen = Math.max(mostOpen, openItems)
    turn()
  }
  const read = (items: number, chunksDone: number): void => {
    const ms = (1000 * items) / costs.linesPerSecond
    readAt = Math.max(readAt, now) + ms
    agenda.add(readAt, () => {
      if (now >= warmUp) {
        allEnded += items
        coordinatorMs += ms
        chunks += chunksDone
      }
      ended += items
      openItems -= items
      openChunks -= chunksDone
      publish()
    })
  }
  const look = (): void => {
    const rate = (1000 * ended) / RATE_EVERY_MS
    perPeriod.push(rate)
    if (ended > 0) {
      perSecond += (perSecond === 0 ? 1 : WEIGHT) * (rate - perSecond)
      size = chunkSize(perSecond, known, size)
    }
    ended = 0
    publish()
    agenda.add(now + RATE_EVERY_MS, look)
  }
  const beats = (): void => {
    known = 0
    for (const { isLost, held } of machines) if (!isLost) known += Math.max(slots, held / 2)
    agenda.add(now + BEAT_EVERY_MS, beats)
  }

  // --- the machines -------------------------------------------------------------------------------------------------

  const ready: Chunk[] = []
  let readyFrom = 0
  const waiting: Machine[] = []

  const wakeMachines = (): void => {
    while (waiting.length > 0 && readyFrom < ready.length) {
      const machine = waiting.shift()!
      machine.isWaiting = false
      fetch(machine)
    }
  }
  const fetch = (machine: Machine): void => {
    if (machine.isFetching || machine.isWaiting || machine.isLost) return
    if (machine.held >= FEWEST_HELD) {
      if (machine.held >= MOST_HELD) return
      if (machine.freeAt > now + AHEAD_MS) {
        if (machine.isFull) return
        machine.isFull = true
        agenda.add(machine.freeAt - AHEAD_MS, () => {
          machine.isFull = false
          fetch(machine)
        })
        return
      }
    }
    if (readyFrom === ready.length) {
      machine.isWaiting = true
      waiting.push(machine)
      return
    }
    machine.isFetching = true
    const chunk = ready[readyFrom++]!
    if (readyFrom > 10_000) {
      ready.splice(0, readyFrom)
      readyFrom = 0
    }
    machine.held++
    agenda.add(now + costs.roundTripMs / 2, () => ask(fetchMs, () => work(machine, chunk)))
  }
  const work = (machine: Machine, chunk: Chunk): void => {
    machine.isFetching = false
    if (machine.isLost) {
      backLater(chunk)
      return
    }
    const begin = Math.max(now, machine.freeAt)
    const ms = (chunk.items * itemMs) / slots
    machine.freeAt = begin + ms
    chunk.begin = begin + itemMs
    chunk.end = chunk.begin + Math.max(0, ms - itemMs / slots)
    machine.active.add(chunk)
    if (!machine.isTicking) tick(machine)
    fetch(machine)
  }
  /** What has ended since the last time; while a report is on its way, it waits for the next one. */
  const tick = (machine: Machine): void => {
    machine.isTicking = machine.active.size > 0 && !machine.isLost
    if (!machine.isTicking) return
    const gather = Math.max(GATHER_MS, Math.min(TIMES_AS_LONG * machine.tookMs, MOST_GATHER_MS))
    agenda.add(now + gather, () => tick(machine))
    if (machine.isReporting) return
    let items = 0
    const done: Chunk[] = []
    for (const chunk of machine.active) {
      if (chunk.begin > now) continue
      const part = chunk.end <= now ? 1 : (now - chunk.begin) / (chunk.end - chunk.begin)
      const upTo = Math.floor(part * chunk.items)
      items += upTo - chunk.reported
      chunk.reported = upTo
      if (upTo === chunk.items) done.push(chunk)
    }
    if (items === 0) return
    for (const chunk of done) machine.active.delete(chunk)
    machine.isReporting = true
    const sentAt = now
    ask(costs.reportMs, () => {
      machine.isReporting = false
      machine.tookMs = now - sentAt
      if (now >= warmUp) reports++
      read(items, done.length)
      for (const _ of done)
        ask(doneMs, () => {
          machine.held--
          fetch(machine)
        })
    })
  }
  const backLater = (chunk: Chunk): void => {
    const left = chunk.items - chunk.reported
    agenda.add(now + BACK_MS, () => {
      ready.push({ items: left, begin: 0, end: 0, reported: 0 })
      wakeMachines()
    })
  }
  const lose = (machine: Machine): void => {
    machine.isLost = true
    // What has begun: all that its slots were busy with.
    again += Math.min(
      slots,
      [...machine.active].reduce((sum, { items, reported }) => sum + items - reported, 0),
    )
    for (const chunk of machine.active) backLater(chunk)
    machine.active.clear()
  }

  agenda.add(0, look)
  agenda.add(BEAT_EVERY_MS, beats)
  publish()
  for (const machine of machines) fetch(machine)
  if (lost > 0)
    agenda.add(warmUp + MEASURED_MS / 2, () => {
      for (const machine of machines.slice(0, lost)) lose(machine)
    })
  while (agenda.next <= until) {
    now = agenda.next
    agenda.take()()
  }

  const seconds = MEASURED_MS / 1000
  const itemsPerSecond = allEnded / seconds
  const reached = perPeriod.findIndex(rate => rate >= 0.9 * itemsPerSecond)
  return {
    itemsPerSecond,
    busy: (itemsPerSecond * itemMs) / 1000 / (count * slots),
    redis: redisMs / MEASURED_MS,
    coordinator: coordinatorMs / MEASURED_MS,
    chunk: chunks === 0 ? size : allEnded / chunks,
    chunksPerSecond: chunks / seconds,
    reportsPerSecond: reports / seconds,
    open: mostOpen,
    rampMs: reached * RATE_EVERY_MS,
    again,
  }
}

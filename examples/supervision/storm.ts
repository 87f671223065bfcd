import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { now, sleep, spawn } from 'omakase'
import { main, subprocess } from 'omakase/node'
import { forEach, lines, pipe } from 'omakase/stream'
import type { Report } from './family.js'
import { processesWith } from './processes.js'

// Kills the children of a supervisor with SIGKILL, again and again, and counts; then the supervisor itself.

/** Milliseconds. */
const LENGTH = Number(process.env.OMAKASE_STORM_MS ?? 10_000)
const INTERVALS = 20
/** In every other interval one is killed now and then; else all, as soon as they live. */
const CALM = 400
const STORM = 10
/** How much more resident memory there may be at the end than after the first intervals; a young process still grows. */
const FLAT = LENGTH < 60_000 ? Number.POSITIVE_INFINITY : 1.2

function* storm() {
  const mark = `${100_000 + randomInt(100_000)}.${randomInt(2 ** 40)}`
  const file = fileURLToPath(new URL('./family.js', import.meta.url))
  const family = yield* subprocess(process.execPath, [file, mark], { check: false }).start()
  let last: Report | undefined
  let delays: number[] = []
  spawn(
    () =>
      pipe(
        family.stdout,
        lines(),
        forEach(line => {
          last = JSON.parse(line) as Report
          delays.push(...last.delays)
        }),
      ),
    { name: 'reports', daemon: true },
  )
  while (last === undefined) yield* sleep(10)

  const killed = new Set<string>()
  const kill = (atMost: number) => {
    const living = processesWith(mark).filter(
      ({ pid, parent, began }) => parent === family.pid && !killed.has(`${pid} ${began}`),
    )
    for (const { pid, began } of shuffled(living).slice(0, atMost)) {
      process.kill(pid, 'SIGKILL')
      killed.add(`${pid} ${began}`)
    }
  }
  const memory: number[] = []
  console.log(row('', 'seconds', 'kills', 'restarts', 'middle delay', 'longest delay', 'resident'))
  const began = now()
  for (let interval = 1; interval <= INTERVALS; interval++) {
    const isStorm = interval % 2 === 0
    while (now() < began + (interval * LENGTH) / INTERVALS) {
      kill(isStorm ? Number.POSITIVE_INFINITY : 1)
      yield* sleep(isStorm ? STORM : CALM)
    }
    const { restarts, rss } = last as Report
    memory.push(rss)
    const sorted = delays.sort((a, b) => a - b)
    const ms = (delay?: number) => (delay === undefined ? '-' : `${delay.toFixed(0)} ms`)
    const figures = [killed.size, restarts, ms(sorted[sorted.length >> 1]), ms(sorted.at(-1)), mib(rss)]
    console.log(row(isStorm ? 'storm' : 'calm', ((now() - began) / 1000).toFixed(0), ...figures))
    delays = []
  }

  while (last.restarts < killed.size || !last.isWhole) yield* sleep(10)
  const { restarts, shaky, ticks } = last
  console.log(`${killed.size} kills, ${restarts} restarts; a task failed ${shaky[1]} times by itself and was`)
  console.log(`started again ${shaky[0]} times; the one that was left alone ticked ${ticks} times`)
  const growth = Math.max(...memory.slice(-4)) / Math.max(...memory.slice(2, 6))
  console.log(`resident memory, the end over the beginning: ${growth.toFixed(2)}`)

  process.kill(family.pid, 'SIGKILL')
  const since = now()
  while (processesWith(mark).length > 0 && now() - since < 10_000) yield* sleep(10)
  const left = processesWith(mark).length
  console.log(`kill -9 of the supervisor: ${left} processes are left after ${(now() - since).toFixed(0)} ms`)
  if (restarts !== killed.size || left > 0 || growth > FLAT) process.exitCode = 1
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map(item => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

function row(name: string, ...figures: readonly (string | number)[]): string {
  return name.padEnd(6) + figures.map(figure => String(figure).padStart(14)).join('')
}

main(storm)

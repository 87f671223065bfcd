import { BadUsage } from '../../workers/bad-usage.js'
import { nearest } from '../../workers/load/nearest.js'
import { isShared } from '../../workers/share/shared.js'
import type { MapOptions, On, Settings } from './options.js'
import { count, duration, memory, rate } from './quantity.js'

type Check = (given: unknown, name: string) => unknown

const CHECKS: { readonly [key in keyof Required<MapOptions>]: Check } = {
  retries: count,
  timeout: duration,
  rate,
  perHost: count,
  concurrency: count,
  workers: count,
  batch: count,
  on,
  isolate: boolean,
  ordered: boolean,
  maxFailures: count,
  memory,
  signal,
  report,
  shared,
}

const PLACES: readonly On[] = ['auto', 'loop', 'processes', 'threads']

/**
 * Checks options, and turns their texts into numbers. Holds only what was given, so that layers can be put over each other:
 * `settle(module, commandLine)`.
 *
 * `nameOf` gives the name of an option in messages, such as `flag` on the command line.
 *
 * @throws {BadUsage} for an option that does not exist, and for a value that means nothing.
 */
export function normalise(options: MapOptions, nameOf = (key: string) => key): Partial<Settings> {
  if (typeof options !== 'object' || options === null) {
    throw new BadUsage(`options are an object such as { retries: 2 }, not ${String(options)}`)
  }
  const checked: Record<string, unknown> = {}
  for (const [key, given] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, key)) throw unknown(key, nameOf)
    if (key === 'on' && isEngine(given)) Object.assign(checked, { on: 'cluster', engine: engineOf(given) })
    else if (given !== undefined) checked[key] = CHECKS[key as keyof MapOptions](given, nameOf(key))
  }
  return checked
}

/** Later layers win over earlier ones, all over the defaults. */
export function settle(...layers: Partial<Settings>[]): Settings {
  return Object.assign({ retries: 0, on: 'auto', ordered: false } satisfies Settings, ...layers)
}

/** `maxFailures` → `--max-failures` */
export function flag(key: string): string {
  return `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

function unknown(key: string, nameOf: (key: string) => string): BadUsage {
  const near = nearest(key, Object.keys(CHECKS))
  const hint = near
    ? `did you mean ${nameOf(near)}?`
    : `there are ${Object.keys(CHECKS).map(nameOf).join(', ')}`
  return new BadUsage(`there is no option ${nameOf(key)}: ${hint}`)
}

function on(given: unknown, name: string): On {
  const place = PLACES.find(one => one === given)
  return place ?? refuse(given, name, 'auto, loop, processes, threads or redis://HOST')
}

function isEngine(given: unknown): given is string {
  return typeof given === 'string' && /^redis(s?:|\+unix:|$)/.test(given)
}

/** `redis` stands for the address in the environment, which no list of processes shows. */
function engineOf(given: string): string {
  const url = given === 'redis' ? process.env.OMAKASE_REDIS_URL : given
  if (url !== undefined && url !== '') return url
  throw new BadUsage('on redis: set OMAKASE_REDIS_URL, or write its address: redis://localhost')
}

function boolean(given: unknown, name: string): boolean {
  return typeof given === 'boolean' ? given : refuse(given, name, 'true or false')
}

function signal(given: unknown, name: string): AbortSignal {
  return given instanceof AbortSignal ? given : refuse(given, name, 'the signal of an AbortController')
}

function shared(given: unknown, name: string): unknown {
  const isRecord = typeof given === 'object' && given !== null
  return isRecord && Object.values(given).every(isShared)
    ? given
    : refuse(given, name, '{ name: share(object) }')
}

function report(given: unknown, name: string): string {
  return typeof given === 'string' && given !== '' ? given : refuse(given, name, 'the path of a file')
}

function refuse(given: unknown, name: string, write: string): never {
  throw new BadUsage(`${name}${name.startsWith('-') ? '' : ':'} ${String(given)}: write ${write}`)
}

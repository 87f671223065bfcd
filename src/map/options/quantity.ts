import { BadUsage } from '../../workers/bad-usage.js'

const UNITS = {
  duration: { ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
  memory: { kB: 1e3, MB: 1e6, GB: 1e9 },
  rate: { '/s': 1, '/m': 1 / 60, '/h': 1 / 3600 },
} as const

const WRITE = {
  duration: ['a duration such as 5s or 500ms', 'a duration such as "5s", or milliseconds as a number'],
  rate: ['a rate such as 100/s or 30/m', 'a rate such as "100/s", or a number a second'],
  memory: ['a size such as 512MB or 2GB', 'a size such as "512MB", or bytes as a number'],
  count: ['a whole number from 1 on', 'a whole number from 1 on'],
} as const

type Kind = keyof typeof UNITS

/** Milliseconds, from `5s` (units ms, s, m, h) or a number of them. */
export function duration(given: unknown, name: string): number {
  return quantity('duration', given, name)
}

/** Bytes, from `512MB` (units kB, MB, GB) or a number of them. */
export function memory(given: unknown, name: string): number {
  return quantity('memory', given, name)
}

/** A number a second, from `100/s` (units s, m, h) or that number. */
export function rate(given: unknown, name: string): number {
  return quantity('rate', given, name)
}

/** A whole number from 1 on. */
export function count(given: unknown, name: string): number {
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given
  if (Number.isSafeInteger(number) && (number as number) > 0) return number as number
  throw bad('count', given, name)
}

function quantity(kind: Kind, given: unknown, name: string): number {
  const number = typeof given === 'string' ? parse(kind, given) : given
  if (typeof number === 'number' && number > 0 && Number.isFinite(number)) return number
  throw bad(kind, given, name)
}

function parse(kind: Kind, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(\D+)$/.exec(text.trim()) ?? []
  const factor = (UNITS[kind] as Record<string, number>)[unit ?? '']
  return factor === undefined ? Number.NaN : Number(digits) * factor
}

function bad(kind: keyof typeof WRITE, given: unknown, name: string): BadUsage {
  const onCommandLine = name.startsWith('-')
  const [forCommand, forCode] = WRITE[kind]
  return new BadUsage(
    onCommandLine ? `${name} ${given}: write ${forCommand}` : `${name}: ${shown(given)}: write ${forCode}`,
  )
}

function shown(given: unknown): string {
  return typeof given === 'object' || typeof given === 'string' ? JSON.stringify(given) : String(given)
}

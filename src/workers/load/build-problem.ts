import { readdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { BuildFailure, Location, Message } from 'esbuild'
import { BadUsage } from '../bad-usage.js'
import type { Given } from './given.js'
import { withoutPrefix } from './identity-map.js'
import { CODE_NAME } from './names.js'
import { nearest } from './nearest.js'

/** What esbuild could not do, in one line that says what to write instead; the code is shown below where it helps. */
export function buildProblem(error: BuildFailure, given: Given, cwd: string): Error {
  const first = error.errors?.[0]
  if (first === undefined) return error
  const where = place(first.location)
  const unresolved = /^Could not resolve "(.+)"/.exec(first.text)?.[1]
  if (unresolved !== undefined)
    return new BadUsage(
      `${where || given.name} imports ${JSON.stringify(unresolved)}, ${unresolvedAdvice(first, unresolved, cwd)}`,
    )
  const noLoader = /^No loader is configured for "(.+?)" files: (.+)$/.exec(first.text)
  if (noLoader !== null)
    return new BadUsage(
      `${where} imports a ${noLoader[1]} file, which is no code; read it with node:fs instead`,
    )
  const name = where || given.name
  if (given.expression !== undefined)
    return new BadUsage(
      `${name}: ${first.text}; write a function, such as -e 'line => line.length'${frame(first.location)}`,
    )
  return new BadUsage(`${name}: ${first.text}${frame(first.location)}`)
}

function unresolvedAdvice({ location, notes }: Message, path: string, cwd: string): string {
  if (/^\.{0,2}\//.test(path)) {
    const folder = dirname(resolve(cwd, location?.file ?? '.', '..', path))
    const found = nearest(basename(path), files(folder))
    return `but there is no such file${found === undefined ? `: ${resolve(folder, basename(path))}` : `; did you mean ${JSON.stringify(path.replace(/[^/]*$/, found))}?`}`
  }
  const hidden = notes.find(({ text }) =>
    /is not exported by package|is not currently exported|is not defined in this/.test(text),
  )
  if (hidden !== undefined) return `but ${uncapitalised(hidden.text).replace(/[:.]$/, '')}`
  if (path.startsWith('#')) return 'which no package.json above it has among its "imports"'
  const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/')
  return `which is not installed; write: npm install ${name}`
}

function files(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function uncapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function place(location: Location | null): string {
  if (location === null || location.file === 'omakase.js') return ''
  const file = location.file.endsWith(CODE_NAME) ? CODE_NAME : location.file
  return `${file}:${location.line}:${spot(location).column + 1}`
}

function frame(location: Location | null): string {
  if (location === null) return ''
  const { text, column, length } = spot(location)
  const number = String(location.line)
  return `\n  ${number} | ${text}\n  ${' '.repeat(number.length)} | ${' '.repeat(column)}${'^'.repeat(length)}`
}

/** The line as the user wrote it; esbuild counts columns in bytes. */
function spot(location: Location): { text: string; column: number; length: number } {
  const bytes = Buffer.from(location.lineText)
  const before = bytes.subarray(0, location.column).toString().length
  const marked = bytes.subarray(location.column, location.column + location.length).toString().length
  const { text, shift } = withoutPrefix(location.lineText)
  return { text, column: Math.max(0, before - shift), length: Math.max(1, marked) }
}

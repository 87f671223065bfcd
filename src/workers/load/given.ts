import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BadUsage } from '../bad-usage.js'
import { CODE_NAME } from './names.js'
import { nearest } from './nearest.js'

/** Where the function comes from, as it was written: `file.ts`, `file.ts#name`, a URL with such an end, or code. */
export type FunctionSource = string | URL | { readonly expression: string }

/** A module that is there, and which of its exports to call. */
export interface Given {
  /** For people: `check-url.ts`, or `[-e]`. */
  readonly name: string
  readonly exportName: string
  /** Absolute path of the file, or the code. */
  readonly file: string | undefined
  readonly expression: string | undefined
  /** The folder from which its imports are resolved. */
  readonly folder: string
}

/** @throws {BadUsage} where there is no such file */
export function locate(source: FunctionSource, cwd: string): Given {
  if (typeof source === 'object' && 'expression' in source) {
    const { expression } = source
    if (expression.trim() === '')
      throw new BadUsage("-e got no code; write a function, such as -e 'line => line.length'")
    return { name: CODE_NAME, exportName: 'default', file: undefined, expression, folder: cwd }
  }
  const { path, exportName } = split(source, cwd)
  const name = shown(path, cwd)
  check(path, name, cwd)
  return { name, exportName, file: path, expression: undefined, folder: dirname(path) }
}

function split(source: string | URL, cwd: string): { path: string; exportName: string } {
  if (typeof source !== 'string' || source.startsWith('file:')) {
    const url = new URL(source)
    if (url.protocol !== 'file:')
      throw new BadUsage(
        `${url.href}: a function can only be loaded from a file; write its path, or a file: URL`,
      )
    const exportName = decodeURIComponent(url.hash.slice(1)) || 'default'
    url.hash = ''
    url.search = ''
    return { path: fileURLToPath(url), exportName }
  }
  const whole = resolve(cwd, source)
  const hash = source.lastIndexOf('#')
  // A `#` may also be a part of the file's name.
  if (hash < 0 || existsSync(whole)) return { path: whole, exportName: 'default' }
  return { path: resolve(cwd, source.slice(0, hash)), exportName: source.slice(hash + 1) || 'default' }
}

function check(path: string, name: string, cwd: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new BadUsage(`no such module: ${name}${suggestion(path, cwd)}`)
  if (!stats.isDirectory()) return
  const inside =
    filesOf(path).find(file => /^index\.[cm]?[jt]sx?$/.test(file)) ?? filesOf(path).find(isModule)
  const instead = inside === undefined ? '' : `, such as ${join(name, inside)}`
  throw new BadUsage(`${name} is a folder; write the file with the function${instead}`)
}

function suggestion(path: string, cwd: string): string {
  const files = filesOf(dirname(path))
  const wanted = basename(path)
  const found =
    files.find(file => isModule(file) && file.slice(0, -extname(file).length) === wanted) ??
    files.find(file => isModule(file) && stem(file) === stem(wanted)) ??
    nearest(wanted, files)
  if (found !== undefined) return `; did you mean ${shown(join(dirname(path), found), cwd)}?`
  return "; write the path of the file with the function, or the function itself: -e 'line => …'"
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function isModule(file: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file)
}

function stem(file: string): string {
  return file.slice(0, file.length - extname(file).length)
}

function shown(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') && short.length > path.length ? path : short || '.'
}

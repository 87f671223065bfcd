import { constants, type Stats } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { BadUsage } from '../../workers/bad-usage.js'
import { nearest } from '../../workers/load/nearest.js'
import type { Bytes } from './bytes.js'
import { fileBytes, pipeBytes, stdinBytes } from './bytes.js'
import type { FormatName } from './format.js'

/** A file of inputs that is there and may be read. */
export interface InputFile {
  readonly bytes: Bytes
  readonly format: FormatName
}

/** Looks at a file before the run; `-` is standard input. `format` overrides what its ending says. */
export async function inputFile(path: string, format?: FormatName): Promise<InputFile> {
  if (path === '-' || path === '/dev/stdin') return standardInput(format)
  let found: Stats
  try {
    found = await stat(path)
    if (!found.isDirectory()) await access(path, constants.R_OK)
  } catch (error) {
    throw await missing(path, error as NodeJS.ErrnoException)
  }
  if (found.isDirectory()) {
    throw new BadUsage(
      `${path} is a folder: to run over the files in it write --files '${path.replace(/\/+$/, '')}/**'`,
    )
  }
  const bytes = found.isFile() ? fileBytes(path, found.size) : pipeBytes(path)
  return { bytes, format: format ?? byEnding(path) }
}

export function standardInput(format: FormatName = 'lines'): InputFile {
  return { bytes: stdinBytes(), format }
}

function byEnding(path: string): FormatName {
  switch (extname(path).toLowerCase()) {
    case '.jsonl':
    case '.ndjson':
      return 'jsonl'
    case '.csv':
      return 'csv'
    default:
      return 'lines'
  }
}

async function missing(path: string, error: NodeJS.ErrnoException): Promise<BadUsage> {
  if (error.code !== 'ENOENT') return new BadUsage(`${path} cannot be read: ${error.message}`)
  if (/^[+-]?\d+\.\.[+-]?\d+$/.test(path))
    return new BadUsage(`there is no file ${path}: write --range ${path}`)
  if (/[*?[{]/.test(path)) {
    return new BadUsage(`there is no file ${path}: a pattern is written --files '${path}'`)
  }
  const near = nearest(basename(path), await readdir(dirname(path)).catch(() => []))
  const hint = near
    ? `did you mean ${path.slice(0, -basename(path).length)}${near}?`
    : `inputs themselves go after --args`
  return new BadUsage(`there is no file ${path}: ${hint}`)
}

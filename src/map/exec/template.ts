import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { BadUsage } from '../../workers/bad-usage.js'
import { words } from './words.js'

/** Gives the command for an input: the program, and its arguments. */
export type Template = (input: string) => readonly [program: string, ...args: string[]]

const PLACE = '{}'

/**
 * `{}` stays inside its argument, whatever is in the input; without it the input is appended. For a shell the text is
 * left as it is, and the input is its `$1`.
 *
 * @throws {BadUsage} where it is no command, or its program is not there.
 */
export function template(text: string, isForShell: boolean): Template {
  checkCommand(text, isForShell)
  if (isForShell) return input => ['/bin/sh', '-c', text, 'sh', input]
  const [program, ...args] = words(text) as [string, ...string[]]
  if (!program.includes(PLACE)) checkProgram(program)
  if (![program, ...args].some(word => word.includes(PLACE))) return input => [program, ...args, input]
  const fill = (word: string, input: string) => word.split(PLACE).join(input)
  return input => [fill(program, input), ...args.map(word => fill(word, input))]
}

/** For those who run it elsewhere: whether its program is there, only they can know. */
export function checkCommand(text: string, isForShell: boolean): void {
  if (text.trim() === '') throw new BadUsage("--exec got no command; write one, such as --exec 'gzip -k {}'")
  if (!isForShell) words(text)
}

function checkProgram(program: string): void {
  if (process.platform === 'win32') return
  const places = program.includes('/')
    ? [program]
    : (process.env.PATH ?? '/usr/bin:/bin').split(delimiter).map(folder => join(folder, program))
  if (places.some(isProgram)) return
  if (program.includes('/') && statSync(program, { throwIfNoEntry: false })?.isFile())
    throw new BadUsage(
      `--exec: ${program} is not executable: chmod +x ${program}, or name what runs it before it`,
    )
  throw new BadUsage(
    `--exec: no such command: ${program}; look at its spelling and at PATH, or add --shell if it is a word of the shell`,
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { BadUsage } from '../workers/bad-usage.js'
import type { User } from '../workers/internal.js'

export interface UserFlags {
  readonly user?: string
  readonly group?: string
}

/** @throws {BadUsage} for one that does not exist, and where it is not for us to choose. */
export function userOf({ user, group }: UserFlags): User | undefined {
  if (user === undefined && group === undefined) return undefined
  if (user === undefined) throw new BadUsage(`--group ${group}: say --user NAME too`)
  if (process.getuid?.() !== 0)
    throw new BadUsage(
      `--user ${user}: only root may run something as somebody else; start the worker as ${user}`,
    )
  const [name, , uid, gid, , home] = entry('passwd', user, '--user')
  return {
    name: name!,
    uid: Number(uid),
    gid: group === undefined ? Number(gid) : Number(entry('group', group, '--group')[2]),
    home: home!,
  }
}

/** Of the system's own list, which may know more than its file. */
function entry(list: 'passwd' | 'group', name: string, flag: string): string[] {
  const found = asked(list, name) ?? inFile(list, name)
  if (found === undefined)
    throw new BadUsage(`${flag} ${name}: there is no such ${list === 'passwd' ? 'user' : 'group'}`)
  return found.split(':')
}

function asked(list: string, name: string): string | undefined {
  try {
    return execFileSync('getent', [list, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

function inFile(list: string, name: string): string | undefined {
  return readFileSync(`/etc/${list}`, 'utf8')
    .split('\n')
    .find(line => line.split(':')[0] === name || line.split(':')[2] === name)
}

import { readdirSync, readFileSync } from 'node:fs'
import { killGroup } from '../../workers/living.js'

/** What is begun while it is looked for is found by looking again, so often at most. */
const MOST_LOOKS = 10

/** Kills all groups of a session. Only where there is /proc: elsewhere nobody tells who belongs to it. */
export function killSession(session: number): void {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const groups = groupsOf(session)
    if (groups.size === 0) return
    for (const group of groups) killGroup(group)
  }
}

function groupsOf(session: number): Set<number> {
  const groups = new Set<number>()
  for (const name of namesIn('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The name in parentheses may hold anything.
      const [state, , group, its] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
      if (Number(its) === session && state !== 'Z') groups.add(Number(group))
    } catch {
      // It has ended meanwhile.
    }
  }
  return groups
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

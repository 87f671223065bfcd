/** Groups of processes that must not outlive this one, however it ends. */
const living = new Set<number>()

/** From now on this process group dies with this process, even where its event loop is blocked. */
export function adopt(pid: number): void {
  if (living.size === 0) process.on('exit', killAll)
  living.add(pid)
}

/** Kills what is left of the group, and forgets it. */
export function bury(pid: number): void {
  killGroup(pid)
  living.delete(pid)
  if (living.size === 0) process.off('exit', killAll)
}

export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

function killAll(): void {
  for (const pid of living) killGroup(pid)
}

/** So many machines that died with a chunk are no accident any more. */
const SUSPICIOUS = 2

/**
 * The machines that had a chunk and did not finish it. Whether a machine is dead or only stopped cannot be seen from
 * afar: one that has lost a chunk is taken for dead until it says itself that it is not.
 */
export class Holders {
  private readonly names = new Map<string, string>()
  private readonly alive = new Set<string>()
  private times = 0

  /** Somebody holds it, as the locks were lost so often before. */
  asked(name: string, token: string, times: number): void {
    this.names.set(token, name)
    this.times = Math.max(this.times, times)
  }

  /** This one has lost it, or given it back, and lives. */
  lives(token: string): void {
    this.alive.add(token)
  }

  /** Too many have died with it in their hands, also if most of them may not have come to it. */
  get isSuspect(): boolean {
    return this.times - this.alive.size >= SUSPICIOUS
  }

  /** Those that have died while they ran nothing else; `token` is who holds it now. */
  deadBut(token: string): string[] {
    const dead = [...this.names].filter(([other]) => other !== token && !this.alive.has(other))
    return dead.map(([, name]) => name)
  }
}

/** Machines that die one after the other of one item, with nothing else on them: no more of them are given it. */
export function isDeadly(machines: readonly string[]): boolean {
  return machines.length >= SUSPICIOUS
}

/** What a machine has refused to believe: each kind is said once, for whoever forges may do so for ever. */
export class Doubts {
  private readonly log: (line: string) => void
  private readonly said = new Set<string>()

  constructor(log: (line: string) => void) {
    this.log = log
  }

  say(what: string): void {
    if (this.said.has(what)) return
    this.said.add(what)
    this.log(`refused ${what}: somebody else writes to this engine (said once)`)
  }
}

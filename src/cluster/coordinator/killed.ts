/** An item that ended the machines it ran on, one after the other, with nothing else on them. */
export class Killed extends Error {
  override readonly name = 'WorkerDied'
  /** Their names. */
  readonly machines: readonly string[]

  constructor(machines: readonly string[]) {
    super(`omakase worker died on ${machines.join(', then on ')}, while it ran nothing but this item`)
    this.machines = machines
    // It has no place in anybody's code.
    this.stack = `${this.name}: ${this.message}`
  }
}

/** What whoever has started a run is told of its machines, once. */
export class Remarks {
  private readonly say: (line: string) => void
  private readonly said = new Set<string>()

  constructor(say: (line: string) => void) {
    this.say = say
  }

  leftOut(by: string, why: string): void {
    this.once(`left out ${by}`, `${by} is left out: ${why}`)
  }

  altered(by: string): void {
    this.once('altered', `${by} refused what was altered in the engine; it is published again`)
  }

  lacksFile(): void {
    this.once(
      'file',
      'a machine lacks a file: inputs travel, files do not; what a function reads must be on each machine, under its --cwd where the path is relative',
    )
  }

  private once(what: string, line: string): void {
    if (this.said.has(what)) return
    this.said.add(what)
    this.say(`omakase: ${line}`)
  }
}

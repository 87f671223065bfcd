const MOST = 10_000

/** The runs that have ended last. */
export class Past {
  private readonly runs = new Set<string>()

  add(run: string): void {
    this.runs.add(run)
    if (this.runs.size > MOST) this.runs.delete(this.runs.values().next().value!)
  }

  has(run: string): boolean {
    return this.runs.has(run)
  }
}

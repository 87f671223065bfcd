/** Turns that two players must take alternately, or there was nothing to measure. */
export class Turns {
  private last = -1
  private repeats = 0

  take(player: number): void {
    if (player === this.last) this.repeats++
    this.last = player
  }

  check(): void {
    if (this.repeats > 2) throw new Error(`${this.repeats} turns were taken twice in a row`)
  }
}

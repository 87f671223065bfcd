import type { Dispatch } from './dispatch.js'
import type { Team } from './team.js'

/** The three stages in which a run is stopped. */
export class Stages {
  stage: 0 | 1 | 2 | 3 = 0
  private readonly dispatch: Dispatch
  private readonly team: Team

  constructor(dispatch: Dispatch, team: Team) {
    this.dispatch = dispatch
    this.team = team
  }

  /** First: nothing new begins, what runs may end. Second: it is cancelled. Third: it is killed. */
  advance(): void {
    if (this.stage === 3) return
    this.stage++
    if (this.stage === 1) {
      this.dispatch.stop()
      this.team.drainAll()
    } else if (this.stage === 2) this.team.cancelAll()
    else this.team.killAll()
  }
}

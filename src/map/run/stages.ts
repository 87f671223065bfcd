import { type Scope, sleep } from '../../core/index.js'
import type { Dispatch } from './dispatch.js'
import type { Team } from './team.js'

const STAGE_MS = 10_000

/** The three stages in which a run is stopped; each turns into the next by itself. */
export class Stages {
  stage: 0 | 1 | 2 | 3 = 0
  private readonly dispatch: Dispatch
  private readonly team: Team
  private readonly scope: Scope

  constructor(dispatch: Dispatch, team: Team, scope: Scope) {
    this.dispatch = dispatch
    this.team = team
    this.scope = scope
  }

  /** First: nothing new begins, what runs may end. Second: it is cancelled. Third: it is killed. */
  advance(): void {
    if (this.stage === 3) return
    this.stage++
    if (this.stage === 1) this.dispatch.stop()
    else if (this.stage === 2) this.team.cancelAll()
    else this.team.killAll()
    const { stage } = this
    const stages = this
    this.scope.spawn(
      function* () {
        yield* sleep(STAGE_MS)
        if (stages.stage === stage) stages.advance()
      },
      { name: 'stage', daemon: true },
    )
  }
}

import { sleep, wait } from '../../core/index.js'
import { openingPause, START } from '../plan/limit.js'
import type { PlannerParts } from './planning.js'

/** Lets in more and more before anything has ended, each time when the worker's loop has got round to answering. */
export function openWhile(
  { scope, team, dispatch }: Pick<PlannerParts, 'scope' | 'team' | 'dispatch'>,
  open: () => number | undefined,
): void {
  scope.spawn(
    function* () {
      let opened: number | undefined = START
      while (opened !== undefined) {
        yield* sleep(openingPause(opened))
        const lane = team.lanes[0]
        if (lane === undefined || !(yield* wait(lane.worker.ping()))) return
        opened = open()
        dispatch.wake()
      }
    },
    { name: 'opening', daemon: true },
  )
}

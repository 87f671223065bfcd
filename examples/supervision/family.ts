import { sleep } from 'omakase'
import { type ChildOptions, main, subprocess, supervise } from 'omakase/node'

/** What the family writes, a line of JSON each time, to standard output. */
export interface Report {
  /** How often children that are processes were started again. */
  readonly restarts: number
  /** How often the task that fails by itself was, and how often it has failed. */
  readonly shaky: readonly [restarts: number, failures: number]
  /** The delays before the restarts since the last report, in milliseconds. */
  readonly delays: readonly number[]
  /** Whether all of them run. */
  readonly isWhole: boolean
  /** How often the task that is left alone has ticked. */
  readonly ticks: number
  /** Resident bytes. */
  readonly rss: number
}

const EVERY = 50

/** Processes and tasks under one supervisor; the mark is on the command line of all processes. */
function* family(mark: string) {
  let ticks = 0
  let failures = 0
  let delays: number[] = []
  const processes: ChildOptions[] = [
    { name: 'first', run: () => subprocess('sleep', [mark]) },
    { name: 'second', run: () => subprocess('sleep', [mark]) },
    { name: 'with children', run: () => subprocess('sh', ['-c', `sleep ${mark} & sleep ${mark} & wait`]) },
    {
      name: 'tells when it is ready',
      *start(ready) {
        const child = yield* subprocess('sh', ['-c', `echo ready; exec sleep ${mark}`]).start()
        yield* child.stdout.receive()
        ready()
        yield* child.ended()
      },
    },
    { name: 'ignores signals', run: () => subprocess('sh', ['-c', `trap '' TERM; sleep ${mark}; true`]) },
  ]
  const shaky: ChildOptions = {
    name: 'shaky',
    *run() {
      yield* sleep(Math.random() * 500)
      failures++
      throw new Error('by itself')
    },
  }
  const steady: ChildOptions = {
    name: 'steady',
    *run() {
      for (;;) {
        yield* sleep(10)
        ticks++
      }
    },
  }
  const supervisor = yield* supervise([steady, ...processes, shaky], {
    intensity: Number.POSITIVE_INFINITY,
    period: 1000,
    delay: 10,
    maxDelay: 1000,
    onEvent({ child, delay }) {
      if (delay !== undefined && child !== 'shaky') delays.push(delay)
    },
  })
  for (;;) {
    const [tick, ...status] = supervisor.status()
    const { restarts } = status.pop()!
    const report: Report = {
      restarts: status.reduce((sum, each) => sum + each.restarts, tick!.restarts),
      shaky: [restarts, failures],
      delays,
      isWhole: status.every(({ pids, state }) => state === 'running' && pids.length === 1),
      ticks,
      rss: process.memoryUsage.rss(),
    }
    delays = []
    console.log(JSON.stringify(report))
    yield* sleep(EVERY)
  }
}

main(() => family(process.argv[2]!))

import { type Co, co, run } from 'omakase'
import type { Gen } from '../depths.js'
import { settleDown } from '../stepping-clock.js'
import { isOver } from './ledger.js'
import { type Place, perform } from './perform.js'
import type { Program } from './program.js'
import { World } from './world.js'

/** Runs a program to its end, and gives the rules that it broke. */
export async function violations(source: Program): Promise<string[]> {
  const world = new World(source)
  const { ledger } = world
  const record = ledger.task('root', undefined)
  const body = co(function* (at: Place): Gen<void> {
    const frame = ledger.enter(undefined, false)
    record.own.body = frame
    record.started = true
    let way: 'cut' | 'done' | 'threw' = 'cut'
    try {
      yield* perform(source.body, { ...at, frame })
      ledger.statement(frame)
      way = 'done'
    } catch (error) {
      ledger.catching(frame)
      way = 'threw'
      throw error
    } finally {
      record.ended = true
      ledger.leave(frame, way)
    }
  }) as (at: Place) => Co<void>
  const root = run(
    () => body({ world, frame: undefined, scope: record.own, masked: false, droppable: false }),
    { clock: world.clock },
  )
  record.handle = root
  world.tasks.push(root)
  for (const { ms, what, pick } of source.outside) {
    world.clock.after(ms, () => {
      if (what === 'root') root.cancel('from outside')
      else if (what === 'task') world.tasks[pick % world.tasks.length]!.cancel('from outside')
      else world.scopes[pick % world.scopes.length]?.cancel('from outside')
    })
  }
  const exit = Promise.resolve(root.settled())
  for (let cancelled = false; ; ) {
    await settleDown()
    if (isOver(root)) break
    if (world.clock.step()) continue
    if (cancelled) return [...ledger.violations, 'the root never settles']
    cancelled = true
    root.cancel('nothing happens any more')
  }
  const ended = await exit
  world.close(ended.status === 'failed' ? ended.error : undefined)
  return ledger.violations
}

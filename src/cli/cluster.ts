import { setTimeout as pause } from 'node:timers/promises'
import { Command } from 'commander'
import { shown } from '../cluster/engine/address.js'
import type { Lookout, Picture } from '../cluster/internal.js'
import { draw } from '../cluster/view/draw.js'
import { span } from '../map/page/figures.js'
import { BadUsage } from '../workers/bad-usage.js'
import { addEngineFlags, type EngineFlags, engineUrl, sealOf } from './engine-flags.js'
import { canMove } from './progress.js'

interface ClusterFlags extends EngineFlags {
  readonly json?: boolean
  readonly watch?: boolean
}

const EVERY_MS = 500
/** For a program, which has no eyes. */
const LINE_EVERY_MS = 1000
/** For a reader that is no terminal. */
const WIDE = 120
const LONG = 1000

const EXAMPLES = `
Examples:
  omakase cluster redis://10.0.0.5                on a terminal, until Ctrl-C
  omakase cluster redis://10.0.0.5 | cat          as it is now
  omakase cluster redis://10.0.0.5 --json
  omakase cluster redis://10.0.0.5 --json --watch a document a line each second, until Ctrl-C`

export function clusterCommand(): Command {
  const command = new Command('cluster')
    .description('Shows the machines of a cluster, and what they work on.')
    .argument('[url]', 'the Redis that the machines share, such as redis://10.0.0.5; else OMAKASE_REDIS_URL')
  return addEngineFlags(command)
    .option('--json', 'as it is now, as one JSON document')
    .option(
      '--watch',
      'with --json: again each second, a document a line; a terminal is kept up to date anyway',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, flags: ClusterFlags) => {
      if (flags.watch && !flags.json && !canMove(process.stdout))
        throw new BadUsage('--watch: this is no terminal: add --json, for a document a line')
      const url = engineUrl(given)
      const { connect, Lookout } = await import('../cluster/internal.js')
      const engine = await connect(url, sealOf(flags))
      const lookout = new Lookout(engine)
      try {
        await show(lookout, shown(url), flags)
      } finally {
        engine.close()
      }
    })
}

async function show(lookout: Lookout, url: string, { json, watch: isWatching }: ClusterFlags): Promise<void> {
  const picture = await lookout.look()
  if (json && isWatching) await tell(picture, lookout, url)
  else if (json) process.stdout.write(`${JSON.stringify({ engine: url, ...picture }, null, 2)}\n`)
  else if (canMove(process.stdout)) await watch(picture, lookout, url)
  else process.stdout.write(`${draw(picture, url, { columns: WIDE, rows: LONG, isColoured: false })}\n`)
}

/** A line for each look, until Ctrl-C or until nobody reads them. */
async function tell(first: Picture, lookout: Lookout, url: string): Promise<void> {
  const { stdout } = process
  const ended = Promise.race([
    interrupted(),
    // Who has read enough closes the pipe.
    new Promise(resolve => stdout.once('error', resolve)),
  ]).then(() => null)
  for (let picture: Picture | null = first; picture !== null; ) {
    stdout.write(`${JSON.stringify({ engine: url, ...picture })}\n`)
    const isOver = (await Promise.race([ended, pause(LINE_EVERY_MS, false, { ref: false })])) === null
    picture = isOver ? null : await Promise.race([ended, lookout.look()])
  }
}

function interrupted(): Promise<unknown> {
  return new Promise(resolve => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    process.once('SIGHUP', resolve)
  })
}

/** Until Ctrl-C, which is how it ends. */
async function watch(first: Picture, lookout: Lookout, url: string): Promise<void> {
  const { stdout } = process
  const { createLogUpdate } = await import('log-update')
  const update = createLogUpdate(stdout)
  let picture = first
  let heardAt = performance.now()
  let isLooking = false
  const show = () => {
    const silentMs = performance.now() - heardAt
    const frame = {
      columns: stdout.columns,
      rows: stdout.rows - 1,
      isColoured: process.env.NO_COLOR === undefined,
    }
    const text = draw(picture, url, frame)
    update(silentMs < 4 * EVERY_MS ? text : `${text}\n\nno answer from Redis for ${span(silentMs)}`)
  }
  const timer = setInterval(() => {
    show()
    if (isLooking) return
    isLooking = true
    lookout
      .look()
      .then(
        seen => {
          picture = seen
          heardAt = performance.now()
        },
        () => {},
      )
      .finally(() => {
        isLooking = false
      })
  }, EVERY_MS)
  show()
  await interrupted()
  clearInterval(timer)
  show()
  update.done()
}

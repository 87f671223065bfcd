import { Command } from 'commander'
import { connect, draw, Lookout, type Picture, shown } from '../cluster/internal.js'
import { span } from '../map/page/figures.js'
import { addEngineFlags, type EngineFlags, engineUrl, sealOf } from './engine-flags.js'
import { canMove } from './progress.js'

interface ClusterFlags extends EngineFlags {
  readonly json?: boolean
}

const EVERY_MS = 500
/** For a reader that is no terminal. */
const WIDE = 120
const LONG = 1000

const EXAMPLES = `
Examples:
  omakase cluster redis://10.0.0.5                on a terminal, until Ctrl-C
  omakase cluster redis://10.0.0.5 | cat          as it is now
  omakase cluster redis://10.0.0.5 --json`

export function clusterCommand(): Command {
  const command = new Command('cluster')
    .description('Shows the machines of a cluster, and what they work on.')
    .argument('[url]', 'the Redis that the machines share, such as redis://10.0.0.5; else OMAKASE_REDIS_URL')
  return addEngineFlags(command)
    .option('--json', 'as it is now, as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, flags: ClusterFlags) => {
      const url = engineUrl(given)
      const engine = await connect(url, sealOf(flags))
      const lookout = new Lookout(engine)
      try {
        await show(lookout, shown(url), flags.json === true)
      } finally {
        engine.close()
      }
    })
}

async function show(lookout: Lookout, url: string, isJson: boolean): Promise<void> {
  const picture = await lookout.look()
  if (isJson) process.stdout.write(`${JSON.stringify({ engine: url, ...picture }, null, 2)}\n`)
  else if (canMove(process.stdout)) await watch(picture, lookout, url)
  else process.stdout.write(`${draw(picture, url, { columns: WIDE, rows: LONG, isColoured: false })}\n`)
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
  await new Promise(resolve => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    process.once('SIGHUP', resolve)
  })
  clearInterval(timer)
  show()
  update.done()
}

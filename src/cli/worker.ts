import { Command } from 'commander'
import { connect, Supervisor, shown } from '../cluster/internal.js'

interface WorkerFlags {
  readonly name?: string
}

const EXAMPLES = `
Examples:
  omakase worker redis://10.0.0.5                 on every machine, as a service or in a container
  omakase map work.ts inputs.txt --on redis://10.0.0.5

Ctrl-C, or SIGTERM: takes nothing more, lets what runs end (10 s), gives back the rest, and leaves.`

export function workerCommand(): Command {
  return new Command('worker')
    .description('Works for the runs of a cluster: the more machines, the sooner they are done.')
    .argument('<url>', 'the Redis that the machines share, such as redis://10.0.0.5')
    .option('--name <name>', 'what this machine is called; its host name and process unless given')
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, { name }: WorkerFlags) => {
      const log = (line: string) => void process.stderr.write(`omakase: ${line}\n`)
      const engine = await connect(url, undefined, { forMs: Infinity, log })
      const supervisor = new Supervisor(engine, { ...(name !== undefined && { name }) })
      process.stderr.write(`${supervisor.name} works for ${shown(url)}\n`)
      await new Promise(resolve => {
        process.once('SIGTERM', resolve)
        process.once('SIGINT', resolve)
      })
      await supervisor.drain()
      engine.close()
    })
}

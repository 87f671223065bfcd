import { Command } from 'commander'
import { connect, Supervisor, shown } from '../cluster/internal.js'
import { Interrupts } from './interrupts.js'

interface WorkerFlags {
  readonly name?: string
}

const EXAMPLES = `
Examples:
  omakase worker redis://10.0.0.5                 on every machine, as a service or in a container
  omakase map work.ts inputs.txt --on redis://10.0.0.5

Ctrl-C, or SIGTERM: takes nothing more, gives back what has not begun, lets what runs end (10 s), and leaves.
A second one cancels what runs, a third one kills it; other machines do it again.
Exit code: 0 when what ran has ended, 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP) when it was cancelled, 2 bad usage.`

const SAYS = ['', 'letting what runs end', 'cancelling what runs', 'killing what runs'] as const

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
      const interrupts = new Interrupts(stage => process.stderr.write(`${supervisor.name}: ${SAYS[stage]}\n`))
      interrupts.follow(supervisor)
      await supervisor.ended
      interrupts.end()
      engine.close()
      process.exitCode = interrupts.isHurried ? interrupts.exitCode : 0
    })
}

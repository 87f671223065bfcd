import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { checkTrust, shown } from '../cluster/engine/address.js'
import { BadUsage } from '../workers/bad-usage.js'
import { addEngineFlags, type EngineFlags, engineUrl, sealOf } from './engine-flags.js'
import { Interrupts } from './interrupts.js'
import { userOf } from './user.js'

interface WorkerFlags extends EngineFlags {
  readonly name?: string
  readonly insecure?: boolean
  readonly cwd?: string
  readonly cache?: string
  readonly user?: string
  readonly group?: string
}

const EXAMPLES = `
Examples:
  omakase worker redis://10.0.0.5 --key key       on every machine, as a service or in a container
  omakase map work.ts inputs.txt --on redis://10.0.0.5 --key key

The key is any text that all of them have and nobody else: openssl rand -hex 32 > key
Ctrl-C, or SIGTERM: takes nothing more, gives back what has not begun, lets what runs end (10 s), and leaves.
A second one cancels what runs, a third one kills it; other machines do it again.
Exit code: 0 when what ran has ended, 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP) when it was cancelled, 2 bad usage.`

const SAYS = ['', 'letting what runs end', 'cancelling what runs', 'killing what runs'] as const

export function workerCommand(): Command {
  const command = new Command('worker')
    .description('Works for the runs of a cluster: the more machines, the sooner they are done.')
    .argument('[url]', 'the Redis that the machines share, such as redis://10.0.0.5; else OMAKASE_REDIS_URL')
    .option(
      '--name <name>',
      'what this machine is called; its host name and process unless given. Where another one has it: NAME-2',
    )
  return addEngineFlags(command)
    .option('--cwd <folder>', 'where functions run, and find packages with native code; here unless given')
    .option('--cache <folder>', 'where code is kept from run to run; in $XDG_CACHE_HOME unless given')
    .option('--user <name>', 'run functions as this user; for root')
    .option('--group <name>', 'and as this group; that of the user unless given')
    .option('--insecure', 'work without a key for an engine that is not on this machine')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, flags: WorkerFlags) => {
      const url = engineUrl(given)
      const { name: wanted = `${hostname()}-${process.pid}`, insecure, cache } = flags
      const as = userOf(flags)
      const cwd = folderOf(flags.cwd)
      const seal = sealOf(flags)
      if (seal.fingerprint === null) checkTrust(url, { isInsecure: insecure === true })
      const log = (line: string): void => void process.stderr.write(`omakase: ${line}\n`)
      const { connect, freeName, Supervisor } = await import('../cluster/internal.js')
      const engine = await connect(url, seal, { forMs: Infinity, log })
      const name = await freeName(engine, wanted)
      if (name !== wanted) log(`another machine is called ${wanted}: this one is ${name}`)
      const supervisor = new Supervisor(engine, {
        name,
        ...(cache !== undefined && { cache: resolve(cache) }),
        ...(as !== undefined && { as }),
        cwd,
        log,
      })
      process.stderr.write(`${supervisor.name} works for ${shown(url)}\n`)
      const interrupts = new Interrupts(stage => process.stderr.write(`${supervisor.name}: ${SAYS[stage]}\n`))
      interrupts.follow(supervisor)
      await supervisor.ended
      interrupts.end()
      engine.close()
      process.exitCode = interrupts.isHurried ? interrupts.exitCode : 0
    })
}

function folderOf(given = '.'): string {
  const stats = statSync(given, { throwIfNoEntry: false })
  if (stats?.isDirectory()) return resolve(given)
  throw new BadUsage(`--cwd ${given}: ${stats ? 'it is no folder' : 'there is no such folder'}`)
}

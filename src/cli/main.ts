#!/usr/bin/env node
// Before anything else: it hides what is secret.
import './secrets.js'
import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { BadUsage } from '../workers/bad-usage.js'
import { startFirstChild, takeFirstChild } from './first-child.js'
import { usageLine } from './usage-line.js'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

/** By their verbs, in the order of the help; only the one that is given is loaded. */
const commands: Record<string, () => Promise<Command>> = {
  map: async () => (await import('./map.js')).mapCommand(),
  explain: async () => (await import('./explain.js')).explainCommand(),
  worker: async () => (await import('./worker.js')).workerCommand(),
  cluster: async () => (await import('./cluster.js')).clusterCommand(),
  consume: async () => (await import('./consume.js')).consumeCommand(),
}

const [, , word = '', ...args] = process.argv
const verb = Object.hasOwn(commands, word) ? word : undefined

const program = new Command('omakase')
  .description('Runs a function of yours over many inputs; measures it, and chooses how.')
  .version(version)
  .addHelpText('after', '\nomakase map --help and omakase explain --help show examples.')

const given = verb === undefined ? 'omakase' : `omakase ${verb}`

// Nobody listens any more: that is no reason to lose results.
process.stderr.on('error', () => {})

try {
  if (verb === 'map') startFirstChild(args)
  for (const load of verb === undefined ? Object.values(commands) : [commands[verb]!])
    program.addCommand(await load())
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    command.configureOutput({ outputError: () => {} })
    command.showSuggestionAfterError(true)
  }
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
} finally {
  takeFirstChild()?.kill()
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // Help that was asked for by giving nothing is help, too.
    if (error.code !== 'commander.help') process.stderr.write(`omakase: ${usageLine(error, given)}\n`)
    return 2
  }
  if (error instanceof BadUsage) {
    process.stderr.write(`omakase: ${error.message}\n`)
    return 2
  }
  process.stderr.write(
    `omakase: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 1
}

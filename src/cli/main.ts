#!/usr/bin/env node
// Before anything else: it hides what is secret.
import './secrets.js'
import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { BadUsage } from '../workers/bad-usage.js'
import { clusterCommand } from './cluster.js'
import { consumeCommand } from './consume.js'

import { explainCommand } from './explain.js'
import { mapCommand } from './map.js'
import { usageLine } from './usage-line.js'
import { workerCommand } from './worker.js'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

const program = new Command('omakase')
  .description('Runs a function of yours over many inputs; measures it, and chooses how.')
  .version(version)
  .addHelpText('after', '\nomakase map --help and omakase explain --help show examples.')

for (const command of [mapCommand(), explainCommand(), workerCommand(), clusterCommand(), consumeCommand()])
  program.addCommand(command)
for (const command of [program, ...program.commands]) {
  command.exitOverride()
  command.configureOutput({ outputError: () => {} })
  command.showSuggestionAfterError(true)
}

const verb = program.commands.find(command => command.name() === process.argv[2])?.name()
const given = verb === undefined ? 'omakase' : `omakase ${verb}`

// Nobody listens any more: that is no reason to lose results.
process.stderr.on('error', () => {})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
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

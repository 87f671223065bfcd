import spin from './spin.js'

// spin-args ROUNDS…: what one would write to run it over the arguments of a command.
for (const rounds of process.argv.slice(2)) process.stdout.write(`${spin(Number(rounds))}\n`)

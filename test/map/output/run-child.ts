// A run in small: `node run-child.js FILE COUNT PASS`. Each item ends after a random number of turns; in pass 0 every
// seventh fails, later passes resume and retry. Prints a dot for each write.
import { openInputs } from '#src/map/input/open.js'
import type { Item } from '#src/map/input/source.js'
import { encode } from '#src/map/output/encode.js'
import { failedLine, okLine } from '#src/map/output/line.js'
import { openOutput } from '#src/map/output/open.js'
import { errorRecord } from '#src/workers/errors/record.js'

const [output = '', count, pass] = process.argv.slice(2)
const { writer, journal } = await openOutput({ output, resume: true, retryFailed: pass !== '0' })
process.stdout.write('.')
const source = await openInputs({ range: `1..${count}` })
const running: Promise<void>[] = []

async function run({ index, input }: Item): Promise<void> {
  for (let turns = Math.floor(Math.random() * 10); turns > 0; turns--) await new Promise(setImmediate)
  const fails = pass === '0' && index % 7 === 0
  writer.write(
    fails
      ? failedLine(index, encode(input), errorRecord('unlucky'))
      : okLine(index, encode(input), encode('x'.repeat(index % 500))),
  )
}

for await (const chunk of source) {
  for (const item of chunk) {
    if (journal?.has(item.index)) journal.check(item)
    else running.push(run(item))
    if (running.length >= 50) await Promise.all(running.splice(0))
    if (item.index % 200 === 0) process.stdout.write('.')
    await writer.ready()
  }
}
journal?.checkEnd(Number(count))
await Promise.all(running)
await writer.close()

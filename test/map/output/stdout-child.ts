// Writes lines to standard output as the command does: `node stdout-child.js COUNT`.
import { OutputClosed } from '#src/map/output/failure.js'
import { openOutput } from '#src/map/output/open.js'

const { writer } = await openOutput({})
try {
  for (let i = 0; i < Number(process.argv[2]); i++) {
    writer.write(`line ${i}\n`)
    if (writer.full) await writer.ready()
  }
  await writer.close()
} catch (error) {
  console.error(String(error))
  process.exitCode = error instanceof OutputClosed ? 141 : 1
}

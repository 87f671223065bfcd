import noOp from './no-op.js'

// One of the two processes that one would write by hand: a batch in, a batch out.
process.on('message', async (batch: number[]) => {
  const outputs: number[] = []
  for (const input of batch) outputs.push(await noOp(input))
  process.send!(outputs)
})
process.on('disconnect', () => process.exit())

// Reads inputs as the command does and prints each chunk as a line: `node pipe-child.js [items to take] [file]`.
import { openInputs } from '#src/map/input/open.js'

const [take = 'all', path] = process.argv.slice(2)
const source = await openInputs(path ? { paths: [path] } : {})
let items = 0
for await (const chunk of source) {
  items += chunk.length
  console.log(JSON.stringify(chunk.map(item => item.problem?.message ?? item.input)))
  if (take !== 'all' && items >= Number(take)) break
}
console.log(JSON.stringify({ ended: source.progress() ?? null }))

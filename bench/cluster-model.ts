import { writeFileSync } from 'node:fs'
import { type Asked, COSTS, CURVE, LOSSES, model, type Row, WHAT_THEN } from './cluster-model/cases.js'
import { draw } from './cluster-model/draw.js'
import type { Rules } from './cluster-model/simulate.js'

// npm run bench -- cluster-model: machines that are not here, by the rules that the coordinator goes by. Keeps what
// comes of it in results/cluster-model.json, and the curve in docs/cluster-model.svg.

const rules: Rules = await import(
  new URL('../../dist/cluster/coordinator/chunk-size.js', import.meta.url).href
)
const done: { [part: string]: Row[] } = {}
for (const [part, cases] of Object.entries({ curve: CURVE, whatThen: WHAT_THEN, losses: LOSSES })) {
  console.log(`\n${part}\n${heading()}`)
  done[part] = cases.map(asked => tell(asked, rules))
}
write(
  '../results/cluster-model.json',
  JSON.stringify({ name: 'cluster-model', costs: COSTS, ...done }, null, 2),
)
write('../../docs/cluster-model.svg', draw(done.curve!, COSTS.linesPerSecond))

function tell(asked: Asked, by: Rules): Row {
  const row = model(asked, by)
  const { machines, itemMs, runs = 1, itemsPerSecond, slots: _, ...more } = row
  const parts = [row.busy, more.redis, more.coordinator].map(part => `${(100 * part).toFixed(0)} %`)
  const figures = [
    machines,
    runs,
    itemMs,
    itemsPerSecond,
    ...parts,
    more.chunk,
    more.reportsPerSecond,
    more.open,
  ]
  console.log(line([...figures, more.rampMs / 1000, more.again]))
  return row
}

function heading(): string {
  const names = ['machines', 'runs', 'item ms', 'items/s', 'slots', 'Redis', 'writer', 'a chunk', 'reports/s']
  return line([...names, 'open', 'ramp s', 'again'])
}

function line(cells: readonly (string | number)[]): string {
  const words = cells.map(cell => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell))
  return words.map(cell => cell.padStart(9)).join(' ')
}

function write(path: string, text: string): void {
  writeFileSync(new URL(path, import.meta.url), text.endsWith('\n') ? text : `${text}\n`)
}

import { type Cell, runCell } from './cell.js'
import { type Executor, FAULTS } from './faults.js'

// One cell in a process of its own, which may not survive it: prints what became of it.
const [name, on, concurrency, batch, folder] = process.argv.slice(2)
const cell: Cell = {
  fault: FAULTS.find(fault => fault.name === name)!,
  on: on as Executor,
  concurrency: Number(concurrency),
  batch: Number(batch),
}
const told = await runCell(cell, folder!)
process.stdout.write(JSON.stringify(told))

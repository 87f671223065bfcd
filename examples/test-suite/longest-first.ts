import { existsSync } from 'node:fs'
import { readResults } from '../demo/results.js'
import type { Ran } from './run-test-file.js'

// Prints the test files that it is given, those that took longest in the last run first, so that the last worker is not
// left alone with a long one. New files and those that failed are as good as long.
const [journal, ...files] = process.argv.slice(2)
const took = new Map<string, number>()
if (journal !== undefined && existsSync(journal))
  for (const { input, output } of readResults<Ran>(journal)) took.set(input, output?.milliseconds ?? Infinity)
const last = (file: string) => took.get(file) ?? Infinity

for (const file of files.sort((a, b) => (last(a) === last(b) ? 0 : last(b) - last(a)))) console.log(file)

import { existsSync, readFileSync } from 'node:fs'

// Prints the test files that it is given, those that took longest in the last run first, so that the last worker is not
// left alone with a long one. New files and those that failed are as good as long.
const [journal = '', ...files] = process.argv.slice(2)
const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : []
const took = new Map()
for (const line of lines.filter(line => line !== '')) {
  const { input, output } = JSON.parse(line)
  took.set(input, output?.milliseconds ?? Infinity)
}
const last = file => took.get(file) ?? Infinity

for (const file of files.sort((a, b) => (last(a) === last(b) ? 0 : last(b) - last(a)))) console.log(file)

// Runs the compiled tests of the runtime and prints, for each of its rules, the files that hold it and how many tests
// they have: node scripts/rules.mjs [FOLDER …]. A test belongs to the rules that its name begins with (R7, or R1 to
// R42), or else to the one its file is called by. Fails where a test fails, or where a rule has none.
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { run } from 'node:test'

const RULES = 49
const FOLDERS = ['core', 'sync', 'stream', 'debug', 'testing']

const folders = process.argv.slice(2)
const files = (folders.length > 0 ? folders : FOLDERS).flatMap(folder =>
  readdirSync(join('build/test', folder), { recursive: true })
    .filter(file => file.endsWith('.test.js'))
    .map(file => join('build/test', folder, file)),
)

const rules = Array.from({ length: RULES + 1 }, () => new Map())
const failed = []
let count = 0
let unruled = 0

function rulesOf(name, file) {
  const [, from, to] = /^R(\d+)(?: to R(\d+))?\b/.exec(name) ?? /^r(\d+)-/.exec(basename(file)) ?? []
  if (from === undefined) return []
  return Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, i) => Number(from) + i)
}

/** Each file by itself: a test that a helper has made says where the helper stands. */
async function runFile(file) {
  for await (const { type, data } of run({ files: [file], timeout: 600_000 })) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.name === file || data.details.type === 'suite') continue
    count++
    if (type === 'test:fail') failed.push(`${file}: ${data.name}`)
    const held = rulesOf(data.name, file)
    if (held.length === 0) unruled++
    for (const rule of held) {
      const tests = rules[rule]
      if (tests === undefined) failed.push(`${file}: there is no R${rule}: ${data.name}`)
      else tests.set(file, (tests.get(file) ?? 0) + 1)
    }
  }
}

const waiting = [...files]
const worker = async () => {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await runFile(file)
}
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker))

console.log('| rule | tests | files |\n| --- | ---: | --- |')
for (const [rule, tests] of rules.entries()) {
  if (rule === 0) continue
  const names = [...tests.keys()]
    .sort()
    .map(file => file.replace(/^build\/test\//, '').replace(/\.js$/, '.ts'))
  if (names.length === 0) failed.push(`R${rule} has no test`)
  console.log(`| R${rule} | ${[...tests.values()].reduce((a, b) => a + b, 0)} | ${names.join(' ')} |`)
}
console.log(
  `\n${count} tests, ${unruled} of them of no rule by number, ${failed.length} failed; Node ${process.versions.node}`,
)
for (const each of failed) console.error(`✖ ${each}`)
if (failed.length > 0) process.exit(1)

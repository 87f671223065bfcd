// Writes docs/reference, a page an entry, of the docstrings: node scripts/reference.mjs [--check]
// With --check it writes nothing, and fails where a page is not what it would write.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportsOf } from './reference/exports.mjs'
import { pageOf } from './reference/page.mjs'

const FOLDER = 'docs/reference'
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const sources = Object.entries(exports)
  .filter(([, { types }]) => types !== undefined)
  .map(([name, { types }]) => [
    `omakase${name.slice(1)}`,
    types.replace('./dist', 'src').replace('.d.ts', '.ts'),
  ])

const entries = exportsOf(sources)
const pages = new Map(
  entries.map(([entry, items]) => [join(FOLDER, `${entry.replace('/', '-')}.md`), pageOf(entry, items)]),
)
const silent = entries.flatMap(([entry, items]) => items.flatMap(item => gapsOf(entry, item)))
if (silent.length > 0) {
  console.error(`the docstrings leave out:\n  ${silent.join('\n  ')}`)
  process.exit(1)
}

const there = existsSync(FOLDER) ? readdirSync(FOLDER).map(file => join(FOLDER, file)) : []
const stray = there.filter(file => !pages.has(file))
const stale = [...pages.keys()].filter(
  file => !there.includes(file) || readFileSync(file, 'utf8') !== pages.get(file),
)

if (!process.argv.includes('--check')) {
  mkdirSync(FOLDER, { recursive: true })
  for (const file of stray) rmSync(file)
  for (const file of stale) writeFileSync(file, pages.get(file))
  console.log(`${pages.size} pages in ${FOLDER}, ${stale.length} of them new`)
} else if (stray.length + stale.length > 0) {
  console.error(`not what the docstrings say: ${[...stray, ...stale].join(', ')}; write: npm run reference`)
  process.exit(1)
}

/** What a reader would miss: what an export or a member of it means, and how a function is used. */
function gapsOf(entry, { name, kind, docs, members }) {
  const says = each => each.some(({ text, throws }) => text !== '' || throws.length > 0)
  const unsaid = members.filter(each => !/^then$|^\[Symbol\./.test(each.name) && !says(each.docs))
  return [
    ...(says(docs) ? [] : [`${entry}: what ${name} is`]),
    ...(kind !== 'value' || docs.some(({ examples }) => examples.length > 0)
      ? []
      : [`${entry}: an example of ${name}`]),
    ...unsaid.map(each => `${entry}: what ${name}.${each.name} is`),
  ]
}

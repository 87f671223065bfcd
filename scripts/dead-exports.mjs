// Fails where a file of src exports a name that no other file of src imports and that no entry of the package exports.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const ENTRIES = [
  'src/index.ts',
  'src/cluster/index.ts',
  'src/map/index.ts',
  'src/node/index.ts',
  'src/stream/index.ts',
  'src/debug/index.ts',
  'src/testing/index.ts',
  'src/workers/index.ts',
]
const files = readdirSync('src', { recursive: true })
  .filter(file => file.endsWith('.ts'))
  .map(file => join('src', file))
const text = Object.fromEntries(files.map(file => [file, readFileSync(file, 'utf8')]))

/** Every name that is taken from a file: by an import, or passed on by a re-export. */
const taken = new Map(files.map(file => [file, new Set()]))
for (const file of files) {
  const imports = [
    ...text[file].matchAll(
      /(?:import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s+from\s+'(\.[^']+)'/g,
    ),
    ...text[file].matchAll(/const (\{[^}]*\}) = await import\('(\.[^']+)'\)/g),
  ]
  for (const [, names, from] of imports) {
    const target = normalize(join(dirname(file), from)).replace(/\.js$/, '.ts')
    const used = taken.get(target)
    if (used === undefined) continue
    if (names.startsWith('*')) used.add('*')
    else
      for (const name of names.slice(1, -1).split(','))
        used.add(
          name
            .trim()
            .replace(/^type\s+/, '')
            .split(/\s+as\s+/)[0],
        )
  }
}

// What is loaded when it is needed.
for (const file of files)
  for (const [, from] of text[file].matchAll(/\bimport\('(\.[^']+)'\)/g))
    taken.get(normalize(join(dirname(file), from)).replace(/\.js$/, '.ts'))?.add('*')

function isForTests(source, name) {
  return new RegExp(`/\\*\\* For tests:[^*]*\\*/\\s*export function ${name}\\b`).test(source)
}

const dead = []
for (const file of files) {
  if (ENTRIES.includes(file) || taken.get(file).has('*')) continue
  const declared = [
    ...text[file].matchAll(
      /^export\s+(?:abstract\s+|async\s+|declare\s+)*(?:function\*?|class|const|let|interface|type)\s+(\w+)/gm,
    ),
  ].map(match => match[1])
  const passed = [...text[file].matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}/gm)].flatMap(match =>
    match[1]
      .split(',')
      .map(name =>
        name
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)
          .at(-1),
      )
      .filter(Boolean),
  )
  for (const name of new Set([...declared, ...passed])) {
    if (taken.get(file).has(name) || isForTests(text[file], name)) continue
    // What its own file uses is alive: it is exported as a part of another's type, or for a test.
    const uses = text[file].match(new RegExp(`\\b${name}\\b`, 'g')).length
    if (uses === 1 || passed.includes(name)) dead.push(`${file}: ${name}`)
  }
}
if (dead.length > 0) {
  console.error(`exported, and used by nobody:\n  ${dead.join('\n  ')}`)
  process.exit(1)
}
console.log(`dead exports: none in ${files.length} files`)

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Each folder may import from itself, and from those before it; `index.ts` is the entry of the first two. */
const LAYERS = [
  'core',
  'sync',
  'stream',
  'debug',
  'node',
  'workers',
  'map',
  'cluster',
  'inspect',
  'testing',
  'cli',
]
/** Layers that must run anywhere: no imports but their own. */
const PLATFORM_NEUTRAL = ['core', 'sync', 'stream']

const root = fileURLToPath(new URL('../../../src/', import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

function layerOf(file: string): string {
  return file.includes(sep) ? file.slice(0, file.indexOf(sep)) : ''
}

function importsOf(file: string): string[] {
  // Less the examples of its docstrings, which are written as a user writes.
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^ *\* .*$/gm, '')
  return [...text.matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm)].map(
    ([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '',
  )
}

test('a file imports from its own folder or from layers above it', () => {
  const wrong: string[] = []
  for (const file of files) {
    const own = LAYERS.indexOf(layerOf(file))
    if (layerOf(file) === '') continue
    assert.ok(own >= 0, `${file} is in a folder that is no layer`)
    for (const from of importsOf(file).filter(name => name.startsWith('.'))) {
      const target = layerOf(normalize(join(dirname(file), from)))
      if (LAYERS.indexOf(target) > own || target === '') wrong.push(`${file} imports ${from}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('core, sync and stream import nothing from outside', () => {
  const wrong = files
    .filter(file => PLATFORM_NEUTRAL.includes(layerOf(file)))
    .flatMap(file =>
      importsOf(file)
        .filter(name => !name.startsWith('.'))
        .map(name => `${file} imports ${name}`),
    )
  assert.deepEqual(wrong, [])
})

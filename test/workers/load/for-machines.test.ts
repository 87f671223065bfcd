import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { bundle, settle } from '#src/workers/load/index.js'
import { folder } from '../../cli/support/folder.js'

async function made(cwd: string, file = 'work.ts') {
  return bundle(join(cwd, file), { cwd, isForMachines: true })
}

test('code for machines names no file of this one', async t => {
  const cwd = folder(t, {
    'work.ts':
      "import { old } from './old.cjs'\nimport { co } from 'omakase'\nexport default () => [old, import.meta.dirname, co]",
    'old.cjs': 'exports.old = __filename',
    'package.json': '{"type":"module"}',
  })
  const { code } = await made(cwd)
  // But for the source map, by which stacks lead to the user's files.
  assert.doesNotMatch(code.replace(/\n\/\/# sourceMappingURL=.*/, ''), new RegExp(cwd))
})

for (const [what, files, needs] of [
  ['an addon beside it', { 'index.js': '', 'build/Release/a.node': '' }, ['thing']],
  ['a recipe for one', { 'index.js': '', 'binding.gyp': '' }, ['thing']],
  [
    'addons for each platform',
    { 'index.js': '', 'package.json': '{"optionalDependencies":{"@thing/linux-x64":"1"}}' },
    ['thing'],
  ],
  [
    'an import of one',
    { 'index.js': "module.exports = require('./deep/inside/a.node')", 'deep/inside/a.node': '' },
    ['thing'],
  ],
  ['a look at its folder', { 'index.js': 'module.exports = __dirname' }, ['thing']],
  ['a page that no bundler reads', { 'index.js': "require('./page.html')", 'page.html': '' }, ['thing']],
  ['an import that leads nowhere', { 'index.js': "require('not-there')" }, ['thing']],
  ['a remark about its folder', { 'index.js': '// As __dirname.\nmodule.exports = 1 /* import.meta */' }, []],
  ['nothing special', { 'index.js': 'module.exports = 1' }, []],
] as const) {
  test(`a package with ${what} ${needs.length > 0 ? 'stays outside' : 'is taken in'}`, async t => {
    const own = Object.entries(files).map(([name, text]) => [`node_modules/thing/${name}`, text])
    const cwd = folder(t, {
      'work.ts': "import it from 'thing'\nexport default () => it",
      ...Object.fromEntries(own),
    })
    const { needs: found = [] } = await made(cwd)
    assert.deepEqual(
      found.map(({ specifier }) => specifier),
      needs,
    )
  })
}

test("an addon of the user's own cannot travel, and is told", async t => {
  const cwd = folder(t, { 'work.ts': "import it from './own.node'\nexport default it", 'own.node': '' })
  await assert.rejects(made(cwd), {
    name: 'BadUsage',
    message: /^work\.ts:1:\d+: \.\/own\.node is compiled for this machine: inputs travel, files do not/,
  })
})

test('each machine puts the addresses of its own packages in', async t => {
  const thing = (says: string) => ({
    'node_modules/thing/package.json': JSON.stringify({
      exports: { './sub': { import: './sub.mjs', require: './sub.cjs' } },
      gypfile: true,
    }),
    'node_modules/thing/sub.mjs': `export default 'import ${says}'`,
    'node_modules/thing/sub.cjs': `module.exports = 'require ${says}'`,
  })
  const here = folder(t, {
    'work.ts': "import it from 'thing/sub'\nimport old from './old.cjs'\nexport default () => [it, old]",
    'old.cjs': "module.exports = require('thing/sub')",
    ...thing('here'),
  })
  const there = folder(t, thing('there'))
  const { code, needs = [] } = await made(here)
  const settled = await settle(code, needs, there)
  assert.equal(settled.missing, undefined)
  const file = join(there, 'settled.mjs')
  writeFileSync(file, settled.code)
  const { module } = await import(pathToFileURL(file).href)
  assert.deepEqual(module.default(), ['import there', 'require there'])
  assert.deepEqual(await settle(code, needs, folder(t)), { missing: ['thing'] })
})

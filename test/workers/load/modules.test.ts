import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { output, project } from './support/project.js'

test('TypeScript runs as it is: types, enums, tsconfig paths, JSON and other files', async t => {
  const folder = project(t, {
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
    'lib/double.ts': 'export const double = (x: number): number => x * 2',
    'data.json': '{ "plus": 1 }',
    'fn.ts': `import { double } from '@lib/double'
      import data from './data.json'
      import { Kind } from './kind.js'
      export default (x: number): unknown => [double(x) + data.plus, Kind.Two satisfies number]`,
    'kind.ts': 'export enum Kind { One = 1, Two }',
  })
  assert.deepEqual(await output(t, 'fn.ts', 4, folder), [9, 2])
})

test('legacy decorators work where tsconfig asks for them, and standard ones elsewhere', async t => {
  const standard = `const twice = (fn: any, _: ClassMethodDecoratorContext) => function (this: any, x: number) { return fn.call(this, x) * 2 }
    class A { @twice run(x: number) { return x } }
    export default (x: number) => new A().run(x)`
  const legacy = `const twice = (target: any, key: string, d: PropertyDescriptor) => { const fn = d.value; d.value = (x: number) => fn(x) * 2 }
    class A { @twice run(x: number) { return x } }
    export default (x: number) => new A().run(x)`
  const folder = project(t, {
    'standard/fn.ts': standard,
    'legacy/fn.ts': legacy,
    'legacy/tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
  })
  assert.equal(await output(t, 'standard/fn.ts', 4, folder), 8)
  assert.equal(await output(t, 'legacy/fn.ts', 4, folder), 8)
})

const packages = {
  'node_modules/esm/package.json':
    '{ "name": "esm", "type": "module", "exports": { ".": { "import": "./index.js" } } }',
  'node_modules/esm/index.js':
    "import { readFileSync } from 'node:fs'; export const text = readFileSync(new URL('./data.txt', import.meta.url), 'utf8')",
  'node_modules/esm/data.txt': 'data beside the package',
  'node_modules/cjs/package.json': '{ "name": "cjs", "main": "./main" , "module": "./broken.js" }',
  'node_modules/cjs/main.js':
    "exports.name = 'cjs'; exports.where = require('path').basename(__dirname); exports.inner = require('./inner')",
  'node_modules/cjs/inner.js': "module.exports = typeof require.resolve('esm/package.json')",
  'node_modules/cjs/broken.js': 'this is no code',
  'node_modules/dual/package.json':
    '{ "exports": { ".": { "import": "./a.mjs", "require": "./a.cjs" }, "./package.json": "./package.json" } }',
  'node_modules/dual/a.mjs': "export default 'imported'",
  'node_modules/dual/a.cjs': "module.exports = 'required'",
  'node_modules/esm/broken': '',
}

test('packages of both kinds are loaded by Node itself, with the right condition and the files beside them', async t => {
  const folder = project(t, {
    ...packages,
    'node_modules/cjs/inner.js': "module.exports = 'inner'",
    'fn.ts': `import { text } from 'esm'
      import cjs, { where } from 'cjs'
      import dual from 'dual'
      export default async () => [text, cjs.name, where, cjs.inner, dual, (await import('dual')).default]`,
  })
  assert.deepEqual(await output(t, 'fn.ts', 0, folder), [
    'data beside the package',
    'cjs',
    'cjs',
    'inner',
    'imported',
    'imported',
  ])
})

test('a package of the workspace is the user’s own code, TypeScript included', async t => {
  const folder = project(t, {
    'packages/lib/package.json': '{ "name": "lib", "main": "./index.ts" }',
    'packages/lib/index.ts': 'export const lib: string = "workspace"',
    'node_modules/.keep': '',
    'fn.ts': "import { lib } from 'lib'; export default () => lib",
  })
  symlinkSync(join(folder, 'packages/lib'), join(folder, 'node_modules/lib'))
  assert.equal(await output(t, 'fn.ts', 0, folder), 'workspace')
})

test('CommonJS files are what they are in Node: require, __dirname, and exports by name', async t => {
  const folder = project(t, {
    ...packages,
    'node_modules/cjs/inner.js': "module.exports = 'inner'",
    'fn.js': `#!/usr/bin/env node
      const { basename } = require('path')
      const name = './helper'
      module.exports = () => [basename(__filename), require(name), require('dual'), module.id.endsWith('fn.js')]
      module.exports.named = x => x + 1`,
    'helper.js': "module.exports = 'helped'",
    'object.cjs': 'exports.setup = () => "made"; exports.default = (x, { resource }) => resource',
  })
  assert.deepEqual(await output(t, 'fn.js', 0, folder), ['fn.js', 'helped', 'required', true])
  assert.equal(await output(t, 'fn.js#named', 1, folder), 2)
  assert.equal(await output(t, 'object.cjs', 1, folder), 'made')
})

test('CommonJS in TypeScript works, too', async t => {
  const folder = project(t, {
    ...packages,
    'fn.ts': `import path = require('path')
      const dual = require('dual')
      export = (x: number) => [path.basename(__dirname) !== '', dual, path.basename(__filename), x]`,
    'lib/deep.ts':
      "import { dirname, basename } from 'path'; export default () => [basename(__dirname), dirname(__filename) === __dirname]",
  })
  assert.deepEqual(await output(t, 'fn.ts', 5, folder), [true, 'required', 'fn.ts', 5])
  assert.deepEqual(await output(t, 'lib/deep.ts', 5, folder), ['lib', true])
})

test('import.meta is that of each file, and resolves from there', async t => {
  const folder = project(t, {
    ...packages,
    'fn.ts': `import { inner } from './lib/inner.ts'
      export default () => [import.meta.url, import.meta.dirname, import.meta.filename, ...inner]`,
    'lib/inner.ts': `import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      export const inner = [import.meta.url, import.meta.resolve('./x.txt'), import.meta.resolve('dual/package.json'), require('dual')]`,
    'lib/x.txt': 'x',
  })
  const at = (path: string) => pathToFileURL(join(folder, path)).href
  assert.deepEqual(await output(t, 'fn.ts', 0, folder), [
    at('fn.ts'),
    folder,
    join(folder, 'fn.ts'),
    at('lib/inner.ts'),
    at('lib/x.txt'),
    at('node_modules/dual/package.json'),
    'required',
  ])
})

test('top-level await, dynamic imports, and a URL with the name of the export', async t => {
  const folder = project(t, {
    'fn.ts': `const data = await Promise.resolve({ plus: 2 })
      export const named = async (x: number) => x + data.plus + (await import('./three')).three`,
    'three.ts': 'export const three = 3',
  })
  const url = new URL('fn.ts#named', pathToFileURL(`${folder}/`))
  assert.equal(await output(t, url, 1, folder), 6)
  assert.equal(await output(t, url.href, 1, '/'), 6)
})

test('omakase is this very package, in files and in code from the command line', async t => {
  const folder = project(t, {
    'node_modules/omakase/package.json': '{ "name": "omakase", "main": "./wrong.js" }',
    'node_modules/omakase/wrong.js': "throw new Error('the wrong one')",
    'fn.ts': `import { co, currentTask, sleep } from 'omakase'
      export default co(function* (x: number) { yield* sleep(1); return [x, currentTask() !== undefined] })`,
  })
  assert.deepEqual(await output(t, 'fn.ts', 1, folder), [1, true])
  const fromCommonJs = project(t, {
    'fn.js': `const { co, sleep } = require('omakase')
      exports.work = co(function* (x) { yield* sleep(1); return [x, require('omakase/package.json').name] })`,
  })
  assert.deepEqual(await output(t, 'fn.js#work', 1, fromCommonJs), [1, 'omakase'])
  const expression = "async x => typeof (await import('omakase')).sleep"
  assert.equal(await output(t, { expression }, 1, folder), 'function')
})

test('an optional package that is missing is no error until it is used', async t => {
  const folder = project(t, {
    'fn.ts':
      "export default async () => { try { await import('not-there') } catch (error) { return (error as any).code } }",
  })
  assert.equal(await output(t, 'fn.ts', 0, folder), 'ERR_MODULE_NOT_FOUND')
})

test('code from the command line: an expression in TypeScript, with Node’s modules and packages by name', async t => {
  const folder = project(t, packages)
  assert.equal(await output(t, { expression: '(x: number) => x + 1;' }, 1, folder), 2)
  assert.equal(await output(t, { expression: 'p => path.basename(p) // the name' }, 'a/b', folder), 'b')
  assert.equal(
    await output(t, { expression: "async () => (await import('dual')).default" }, 0, folder),
    'imported',
  )
  assert.equal(await output(t, { expression: '() => import.meta.dirname' }, 0, folder), folder)
})

test('code from the command line may be a whole module', async t => {
  const folder = project(t, packages)
  const expression =
    "import dual from 'dual'\nexport const setup = () => 7\nexport default (x, { resource }) => [dual, resource]"
  assert.deepEqual(await output(t, { expression }, 0, folder), ['imported', 7])
})

test('a # may be a part of the name of a file or folder', async t => {
  const folder = project(t, {
    'c#/fn.ts': 'export default () => 1; export const two = () => import.meta.filename',
  })
  assert.equal(await output(t, 'c#/fn.ts', 0, folder), 1)
  assert.equal(await output(t, 'c#/fn.ts#two', 0, folder), join(folder, 'c#/fn.ts'))
})

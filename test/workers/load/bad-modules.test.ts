import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadUsage } from '#src/workers/bad-usage.js'
import type { FunctionSource } from '#src/workers/load/index.js'
import { call, project } from './support/project.js'

const files = {
  'check-url.ts': 'export default (x: string) => x',
  'lib/index.ts': 'export default () => 1',
  'syntax.ts': 'export default (x: number) => {\n  return x +\n}\n',
  'relative.ts': "import { a } from './chek-url.js'\nexport default a",
  'nowhere.ts': "import { a } from './nowhere/else.js'\nexport default a",
  'missing.ts': "import x from 'left-pad-2'\nexport default x",
  'scoped.ts': "import x from '@me/lib/deep/file.js'\nexport default x",
  'hidden.ts': "import x from 'pkg/hidden'\nexport default x",
  'node_modules/pkg/package.json': '{ "name": "pkg", "exports": { ".": "./index.js" } }',
  'node_modules/pkg/index.js': '',
  'node_modules/pkg/hidden.js': '',
  'named.ts':
    'export const check = () => 1\nexport function other() {}\nexport const setup = () => 1\nexport const n = 1',
  'nothing.ts': 'const a = 1',
  'object.ts': 'export default { a: 1 }',
  'class.ts': 'export default class Check {}',
  'promise.ts': 'export default Promise.resolve(1)',
  'throws.ts':
    "const config = (): void => {\n  throw new TypeError('no config')\n}\nconfig()\nexport default () => 1",
  'setup.ts': "export const setup = async () => { throw new Error('no database') }\nexport default () => 1",
  'wasm.ts': "import x from './a.wasm'\nexport default x",
  'a.wasm': 'x',
  'entry.ts': "import { x } from 'omakase/nothing'\nexport default x",
  'noexport.ts': "import { chekk } from './named'\nexport default chekk",
  'json.ts': "import x from './bad.json'\nexport default x",
  'bad.json': '{ "a": }',
}

const cases: [source: FunctionSource, expected: RegExp][] = [
  ['chek-url.ts', /^no such module: chek-url\.ts; did you mean check-url\.ts\?$/],
  ['check-url', /^no such module: check-url; did you mean check-url\.ts\?$/],
  ['check-url.js', /did you mean check-url\.ts\?$/],
  ['quite-different.ts', /^no such module: quite-different\.ts; write the path of the file/],
  ['no/folder.ts', /^no such module: no\/folder\.ts; write/],
  ['lib', /^lib is a folder; write the file with the function, such as lib\/index\.ts$/],
  ['syntax.ts', /^syntax\.ts:3:1: Unexpected "\}"\n {2}3 \| \}\n {4}\| \^$/],
  [
    'relative.ts',
    /^relative\.ts:1:19 imports "\.\/chek-url\.js", but there is no such file; did you mean "\.\/check-url\.ts"\?$/,
  ],
  [
    'nowhere.ts',
    /^nowhere\.ts:1:19 imports "\.\/nowhere\/else\.js", but there is no such file: .*\/nowhere\/else\.js$/,
  ],
  [
    'missing.ts',
    /^missing\.ts:1:15 imports "left-pad-2", which is not installed; write: npm install left-pad-2$/,
  ],
  ['scoped.ts', /; write: npm install @me\/lib$/],
  [
    'hidden.ts',
    /^hidden\.ts:1:15 imports "pkg\/hidden", but the path "\.\/hidden" is not exported by package "pkg"$/,
  ],
  [
    'named.ts',
    /^named\.ts has no default export; it exports check, n, other; write named\.ts#check, or export default the function$/,
  ],
  ['named.ts#chek', /^named\.ts has no export "chek"; did you mean named\.ts#check\?$/],
  ['named.ts#n', /^the export "n" of named\.ts is a number, not a function; export a function/],
  [
    'nothing.ts',
    /^nothing\.ts has no default export; it exports no function; write: export default async input => …$/,
  ],
  ['check-url.ts#main', /^check-url\.ts has no export "main"; it has a default export; write check-url\.ts$/],
  [
    'object.ts',
    /^the default export of object\.ts is an object, not a function; export a function: export default/,
  ],
  [
    'class.ts',
    /^the default export of class\.ts is a class, not a function; export a function that makes one/,
  ],
  ['promise.ts', /is a promise, not a function/],
  [
    'throws.ts',
    /^throws\.ts threw while it loaded: TypeError: no config\n {4}at config \(.*throws\.ts:2:9\)\n {4}at .*throws\.ts:4:1\)?$/,
  ],
  ['setup.ts', /^setup\(\) of setup\.ts failed: Error: no database\n {4}at .*setup\.ts:1:42\)$/],
  ['wasm.ts', /^wasm\.ts:1:15 imports a \.wasm file, which is no code; read it with node:fs instead$/],
  [
    'entry.ts',
    /^entry\.ts:1:19: omakase has no entry "omakase\/nothing"; there are "omakase" and "omakase\/map"/,
  ],
  ['noexport.ts', /^noexport\.ts:1:10: No matching export in "named\.ts" for import "chekk"\n/],
  ['json.ts', /^bad\.json:1:8: Unexpected "\}"/],
  [{ expression: ' ' }, /^-e got no code; write a function, such as -e/],
  [{ expression: 'x => x +' }, /^\[-e\]:2:1: .*; write a function, such as -e/],
  [
    { expression: 'x => { return 1 ] }' },
    /^\[-e\]:1:17: Expected ".*" but found "\]"; write a function, such as .*\n {2}1 \| x => \{ return 1 \] \}\n {4}\| {17}\^$/,
  ],
  [{ expression: '3' }, /^-e gave a number, not a function; write one, such as -e/],
  [{ expression: 'import.meta.nothing' }, /^-e gave undefined, not a function/],
  [
    { expression: 'nope' },
    /^\[-e\] threw while it loaded: ReferenceError: nope is not defined\n {4}at .*\[-e\]:1:1\)?$/,
  ],
  [
    { expression: "async () => (await import('left-pad-2')).default" },
    /^\[-e\]:1:27 imports "left-pad-2", which is not installed; write: npm install left-pad-2$/,
  ],
  ['https://example.com/x.ts', /^no such module|can only be loaded from a file/],
]

for (const [source, expected] of cases) {
  const name =
    typeof source === 'object' && 'expression' in source ? `-e '${source.expression}'` : String(source)
  test(`bad usage is one line that says what to write instead: ${name}`, async t => {
    const folder = project(t, files)
    const error = await call(t, source, ['x'], folder).then(
      () => assert.fail('it works'),
      error => error,
    )
    assert.ok(error instanceof BadUsage, error.stack)
    assert.match(error.message, expected)
  })
}

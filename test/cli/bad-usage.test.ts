import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { omakase } from './support/command.js'
import { folder } from './support/folder.js'

const files = {
  'ok.ts': 'export default (line: string) => line.length',
  'syntax.ts': 'export default (x: number) => {\n  return x +\n}\n',
  'throws.ts': "throw new TypeError('no config')",
  'nothing.ts': 'export const one = 1',
  'named.ts': 'export const check = () => 1',
  'object.ts': 'export default { a: 1 }',
  'setup.ts': "export const setup = () => { throw new Error('no database') }\nexport default () => 1",
  'options.ts': "export const options = { timeout: 'fast' }\nexport default () => 1",
  'unknown.ts': 'export const options = { retires: 1 }\nexport default () => 1',
  'in.txt': 'a\nb\n',
  'there.jsonl': 'precious\n',
  'notes.txt': 'dear diary\n',
  'sub/index.ts': 'export default () => 1',
  'other.jsonl': '{"index":0,"input":"z","output":1}\n',
  'beyond.jsonl': '{"index":7,"input":"a","output":1}\n',
  'bad.csv': 'a,a\n1,2\n',
  'class.ts': 'export default class Check {}',
  'file.ts': "import other from './gone.js'\nexport default other",
  'package.ts': "import pad from 'no-such-package'\nexport default pad",
  'setups.ts': 'export const setup = async () => process.exit(3)\nexport default () => 1',
  'exits.ts': 'process.exit(0)\nexport default () => 1',
  'twice.jsonl': '{"index":0,"input":"a","output":1}\n'.repeat(2),
}

/** Arguments → what is said, and with which exit code. */
const cases: readonly [name: string, args: string, said: RegExp, code?: number][] = [
  ['no such module', 'ok2.ts in.txt', /^no such module: ok2\.ts; did you mean ok\.ts\?$/],
  ['a folder as module', 'sub in.txt', /^sub is a folder; write .* such as sub\/index\.ts$/],
  ['a module with a syntax error', 'syntax.ts in.txt', /^syntax\.ts:3:1: Unexpected "}"\n +3 \| }\n/],
  [
    'a module that throws while it loads',
    'throws.ts in.txt',
    /^throws\.ts threw while it loaded: TypeError: no config\n +at .*throws\.ts:1:7\)?/,
  ],
  [
    'a module without a default export',
    'nothing.ts in.txt',
    /^nothing\.ts has no default export; it exports/,
  ],
  ['a default export of another name', 'named.ts in.txt', /write named\.ts#check, or export default/],
  [
    'an export that is not there',
    'named.ts#chek in.txt',
    /no export "chek"; did you mean named\.ts#check\?$/,
  ],
  [
    'an export that is no function',
    'object.ts in.txt',
    /^the default export of object\.ts is an object, not a f/,
  ],
  ['a setup that fails', 'setup.ts in.txt', /^setup\(\) of setup\.ts failed: Error: no database/],
  [
    'a wrong option in the module',
    'options.ts in.txt',
    /export options: timeout: "fast": write a duration such/,
  ],
  ['an unknown option in the module', 'unknown.ts in.txt', /no option retires: did you mean retries\?$/],
  ['no function at all', '', /^no function: write omakase map FILE\.ts INPUTS, or/],
  ['code that is no function', '-e 42 in.txt', /^-e gave a number, not a function; write one, such as -e '/],
  ['code with a syntax error', '-e x=>x) in.txt', /^\[-e\]:\d+:\d+: .*; write a function, such as -e '/],
  ['empty code', '-e  in.txt', /^-e got no code; write a function/],
  ['an unknown option', 'ok.ts in.txt --timeot 5s', /^unknown option '--timeot' – did you mean --timeout\?$/],
  [
    'an option without its value',
    'ok.ts in.txt --timeout',
    /^option '--timeout <time>' argument missing; omak/,
  ],
  ['a missing input file', 'ok.ts im.txt', /im\.txt.*did you mean in\.txt\?$/],
  ['a folder as input', 'ok.ts sub', /^sub is a folder/],
  ['--concurrency 0', 'ok.ts in.txt --concurrency 0', /^--concurrency 0: write a whole number from 1 on$/],
  [
    '--concurrency many',
    'ok.ts in.txt --concurrency many',
    /^--concurrency many: write a whole number from 1/,
  ],
  ['--workers 1.5', 'ok.ts in.txt --workers 1.5', /^--workers 1\.5: write a whole number from 1 on$/],
  ['--batch -3', 'ok.ts in.txt --batch=-3', /^--batch -3: write a whole number from 1 on$/],
  ['--retries 0', 'ok.ts in.txt --retries 0', /^--retries 0: write a whole number from 1 on$/],
  ['--max-failures x', 'ok.ts in.txt --max-failures x', /^--max-failures x: write a whole number from 1 on$/],
  ['--timeout fast', 'ok.ts in.txt --timeout fast', /^--timeout fast: write a duration such as 5s or 500ms$/],
  ['--timeout 5', 'ok.ts in.txt --timeout 5', /^--timeout 5: write a duration such as 5s or 500ms$/],
  ['--timeout 0s', 'ok.ts in.txt --timeout 0s', /^--timeout 0s: write a duration such as 5s or 500ms$/],
  ['--rate quick', 'ok.ts in.txt --rate quick', /^--rate quick: write a rate such as 100\/s or 30\/m$/],
  [
    '--on mars',
    'ok.ts in.txt --on mars',
    /^--on mars: write auto, loop, processes, threads or redis:\/\/HOST$/,
  ],
  ['a range that is none', 'ok.ts --range 1-9', /^--range 1-9: write/],
  [
    'two places of inputs',
    'ok.ts in.txt --range 1..2',
    /^inputs come from one place, not from --range and the/,
  ],
  ['two formats', 'ok.ts in.txt --csv --jsonl', /^inputs are in one format, not in --jsonl and --csv: leave/],
  ['-o into a folder that is missing', 'ok.ts in.txt -o no/o.jsonl', /^there is no folder no .*mkdir -p no$/],
  ['-o on a folder', 'ok.ts in.txt -o sub', /^sub is a folder: name a file in it, such as -o sub\/results/],
  [
    '-o on a file that exists',
    'ok.ts in.txt -o there.jsonl',
    /^there\.jsonl exists: write --resume to .* --force/,
  ],
  ['--resume without -o', 'ok.ts in.txt --resume', /^--resume is about a file of results: name it with -o/],
  [
    '--resume of what is no journal',
    'ok.ts in.txt -o notes.txt --resume',
    /^line 1 of .*notes\.txt is no result line of omakase map: /,
  ],
  [
    '--resume with other inputs',
    'ok.ts in.txt -o other.jsonl --resume',
    /^line 1 of .*other\.jsonl is item 0 of other inputs: /,
  ],
  [
    '--resume with fewer inputs',
    'ok.ts in.txt -o beyond.jsonl --resume',
    /item 7, and there are only 2 inputs/,
  ],
  ['--resume with --force', 'ok.ts in.txt -o there.jsonl --resume --force', /: leave one out$/],
  ['--resume with --raw', 'ok.ts in.txt -o other.jsonl --resume --raw', /leave --raw out$/],
  [
    'a class as function',
    'class.ts in.txt',
    /^the default export of class\.ts is a class, .*input => new …$/,
  ],
  [
    'an import of a file that is missing',
    'file.ts in.txt',
    /^file\.ts:1:19 imports "\.\/gone\.js", but there is/,
  ],
  [
    'a package that is missing',
    'package.ts in.txt',
    /which is not installed; write: npm install no-such-package$/,
  ],
  [
    'a setup that ends the process',
    'setups.ts in.txt',
    /^setups\.ts cannot be loaded: the worker exited with code 3 in/,
  ],
  [
    'a module that ends the process',
    'exits.ts in.txt',
    /^exits\.ts cannot be loaded: the worker exited with code 0 in/,
  ],
  [
    'a pattern as input file',
    'ok.ts *.txt',
    /^there is no file \*\.txt: a pattern is written --files '\*\.txt'$/,
  ],
  ['a range as input file', 'ok.ts 1..5', /^there is no file 1\.\.5: write --range 1\.\.5$/],
  ['--rate 0/s', 'ok.ts in.txt --rate 0/s', /^--rate 0\/s: write a rate such as 100\/s or 30\/m$/],
  ['--range 1..x', 'ok.ts --range 1..x', /^--range 1\.\.x: write two whole numbers/],
  [
    '--args with a format',
    'ok.ts --csv --args a',
    /^--csv is how a file is read, and --args names the inputs/,
  ],
  [
    '--retry-failed without --resume',
    'ok.ts in.txt -o n --retry-failed',
    /^--retry-failed is about|write --resume --r/,
  ],
  [
    '--resume of two runs in one file',
    'ok.ts in.txt -o twice.jsonl --resume',
    /^lines 1 and 2 of .* are both item 0/,
  ],
  [
    '-o without a name',
    'ok.ts in.txt -o ',
    /^-o got no name: write that of a file, such as -o results\.jsonl$/,
  ],
  [
    'the output is an input',
    'ok.ts in.txt -o in.txt --force',
    /^in\.txt is read as input: name another file after -o$/,
  ],
  [
    'the report is an input',
    'ok.ts in.txt --report in.txt',
    /^in\.txt is read as input: name another .* --report$/,
  ],
  [
    'one file for output and report',
    'ok.ts in.txt -o n --report ./n',
    /^\.\/n gets the results: name another file a/,
  ],
  [
    '--report into a folder that is missing',
    'ok.ts in.txt --report no/r',
    /^there is no folder no .*mkdir -p no$/,
  ],
  ['a misspelt function for explain', 'ok2.ts in.txt', /^no such module: ok2\.ts; did you mean ok\.ts\?$/],
  ['CSV with a header that says a name twice', 'ok.ts bad.csv', /bad\.csv/],
  ['an unknown command', '', /^unknown command 'mop' – did you mean map\?$/],
]

describe('a usage error is one line that says what to write instead, and exit 2', { concurrency: 3 }, () => {
  for (const [name, args, said, code = 2] of cases) {
    test(name, async (t: TestContext) => {
      const cwd = folder(t, files)
      const verb = name === 'an unknown command' ? 'mop' : name.endsWith('for explain') ? 'explain' : 'map'
      const ended = await omakase(t, [verb, ...(args === '' ? [] : args.split(' '))], { cwd })
      assert.match(ended.stderr, /^omakase: /)
      // The code of the user, and where it threw, may follow.
      const text = ended.stderr.slice('omakase: '.length).trimEnd()
      assert.match(text, said)
      const more = text.split('\n').slice(1)
      for (const line of more) assert.match(line, /^ {2,}(\d* *\| |at )/, ended.stderr)
      assert.equal(ended.code, code)
      assert.equal(ended.stdout, '')
    })
  }
})

test('what is wrong is said before a file is touched', async t => {
  const cwd = folder(t, files)
  const { readFileSync, existsSync } = await import('node:fs')
  await omakase(t, ['map', 'ok.ts', 'in.txt', '-o', 'there.jsonl'], { cwd })
  assert.equal(readFileSync(`${cwd}/there.jsonl`, 'utf8'), 'precious\n')
  await omakase(t, ['map', 'syntax.ts', 'in.txt', '-o', 'there.jsonl', '--force'], { cwd })
  assert.equal(readFileSync(`${cwd}/there.jsonl`, 'utf8'), 'precious\n')
  for (const module of ['throws.ts', 'setup.ts', 'exits.ts', 'object.ts', 'options.ts']) {
    await omakase(t, ['map', module, 'in.txt', '-o', 'there.jsonl', '--force'], { cwd })
    assert.equal(readFileSync(`${cwd}/there.jsonl`, 'utf8'), 'precious\n', module)
    await omakase(t, ['map', module, 'in.txt', '-o', 'new.jsonl'], { cwd })
    assert.equal(existsSync(`${cwd}/new.jsonl`), false, module)
  }
  await omakase(t, ['map', 'ok.ts', 'in.txt', '-o', 'new.jsonl', '--timeout', 'fast'], { cwd })
  assert.equal(existsSync(`${cwd}/new.jsonl`), false)
  await omakase(t, ['map', 'ok.ts', 'in.txt', '-o', 'in.txt', '--force'], { cwd })
  assert.equal(readFileSync(`${cwd}/in.txt`, 'utf8'), 'a\nb\n')
})

test('what is wrong in a command points at the help of that command', async t => {
  const cwd = folder(t)
  const said = async (...args: string[]) => (await omakase(t, args, { cwd })).stderr
  assert.match(await said('worker', '--name'), /; omakase worker --help shows what there is$/m)
  assert.match(await said('explain', '--timeout'), /; omakase explain --help shows what there is$/m)
  assert.match(await said('--nothing-like-it'), /; omakase --help shows what there is$/m)
})

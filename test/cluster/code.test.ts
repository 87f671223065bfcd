import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { omakase, outputs, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

/** A package as npm would have installed it. */
function installed(name: string, files: Readonly<Record<string, string>>, more: object = {}) {
  const at = `node_modules/${name}/`
  const all = {
    'package.json': JSON.stringify({ name, version: '1.0.0', main: 'index.js', ...more }),
    ...files,
  }
  return Object.fromEntries(Object.entries(all).map(([file, text]) => [at + file, text]))
}

/** It has an addon beside it, and says where it is. */
const native = (says: string) =>
  installed('native-thing', {
    'index.js': `exports.where = () => ${JSON.stringify(says)}`,
    'build/Release/thing.node': 'not for this processor',
  })

test(
  'a package of pure JavaScript travels with the function: machines need not have it',
  withRedis,
  async t => {
    const { url } = await redis(t)
    await machine(t, url, 'one')
    const cwd = folder(t, {
      'work.ts': `import add from 'adder'\nimport { twice } from 'doubler'\nimport data from 'adder/data.json'
export default (n: number): number => add(twice(n), data.one)`,
      ...installed('adder', {
        'index.js': "const { sum } = require('./lib/sum.js')\nmodule.exports = (a, b) => sum(a, b)",
        'lib/sum.js': 'exports.sum = (a, b) => a + b',
        'data.json': '{"one":1}',
      }),
      ...installed(
        'doubler',
        { 'index.cjs': 'exports.twice = () => "required"', 'index.mjs': 'export const twice = n => 2 * n' },
        { exports: { import: './index.mjs', require: './index.cjs' } },
      ),
    })
    const ended = await omakase(t, ['map', 'work.ts', '--range', '1..5', '--on', url], { cwd })
    assert.equal(ended.code, 0, ended.stderr)
    assert.deepEqual(outputs(ended), [3, 5, 7, 9, 11])
  },
)

test('a package with an addon is that of the machine, by import and by require', withRedis, async t => {
  const { url } = await redis(t)
  const there = folder(t, native('there'))
  await machine(t, url, 'one', ['--cwd', there])
  const cwd = folder(t, {
    ...native('here'),
    'work.ts': `import { where } from 'native-thing'\nimport { again } from 'around'\nexport default () => [where(), again(), process.cwd()]`,
    ...installed('around', { 'index.js': "exports.again = () => require('native-thing').where()" }),
  })
  const ended = await omakase(t, ['map', 'work.ts', '--range', '1..3', '--on', url], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), Array(3).fill(['there', 'there', there]))
})

test(
  'a missing package ends the run before its first item, and is named with its machine',
  withRedis,
  async t => {
    const { url } = await redis(t)
    await machine(t, url, 'rich', ['--cwd', folder(t, native('there'))])
    await machine(t, url, 'poor')
    const cwd = folder(t, {
      ...native('here'),
      'work.ts': "import { where } from 'native-thing'\nexport default where",
    })
    const ended = await omakase(t, ['map', 'work.ts', '--range', '1..3', '--on', url], { cwd })
    assert.equal(ended.code, 2)
    assert.equal(ended.stdout, '')
    assert.match(ended.stderr, /^omakase: poor lacks native-thing: [^\n]*install it there[^\n]*\n$/)
  },
)

test('a machine that was killed is not asked what it lacks', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'rich', ['--cwd', folder(t, native('there'))])
  const poor = await machine(t, url, 'poor')
  const cwd = folder(t, {
    ...native('here'),
    'work.ts': "import { where } from 'native-thing'\nexport default where",
  })
  const args = ['map', 'work.ts', '--range', '1..3', '--on', url]
  assert.equal((await omakase(t, args, { cwd })).code, 2)
  poor.child.kill('SIGKILL')
  const ended = await omakase(t, args, { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), ['there', 'there', 'there'])
  assert.doesNotMatch(ended.stderr, /native-thing/)
})

test(
  'a machine that comes later without the package is left out, named, and takes nothing',
  withRedis,
  async t => {
    const { url } = await redis(t)
    await machine(t, url, 'rich', ['--cwd', folder(t, native('there'))])
    const cwd = folder(t, {
      ...native('here'),
      'work.ts': `import { where } from 'native-thing'
export default async () => {
  await new Promise(go => setTimeout(go, 20))
  return process.cwd()
}
export const used = where`,
      'square.ts': 'export default (n: number) => n * n',
    })
    const run = start(t, ['map', 'work.ts', '--range', '1..100000', '--on', url], { cwd })
    await run.prints(/"index"/)
    const poor = await machine(t, url, 'poor')
    await poor.says(/left out of a run that needs native-thing/)
    await run.says(/poor lacks native-thing and is left out/)
    // For others it works meanwhile.
    const other = await omakase(t, ['map', 'square.ts', '--range', '1..50', '--on', url], { cwd })
    assert.equal(other.code, 0, other.stderr)
    run.child.kill('SIGINT')
    const { lines } = await run.ended
    assert.equal(new Set(lines.map(({ output }) => output)).size, 1)
  },
)

test('a package that is installed later brings its machine in', withRedis, async t => {
  const server = await redis(t)
  const { url } = server
  const client = server.client(t)
  const there = folder(t)
  const cwd = folder(t, {
    ...native('here'),
    'work.ts': "import { where } from 'native-thing'\nexport default where",
  })
  const run = start(t, ['map', 'work.ts', '--range', '1..3', '--on', url], { cwd })
  while ((await client.keys('omakase:work-*-with-*:wait')).length === 0)
    await new Promise(go => setTimeout(go, 20))
  const late = await machine(t, url, 'late', ['--cwd', there])
  await late.says(/needs native-thing/)
  for (const [file, text] of Object.entries(native('there'))) {
    mkdirSync(join(there, file, '..'), { recursive: true })
    writeFileSync(join(there, file), text)
  }
  const ended = await run.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), ['there', 'there', 'there'])
})

test('a package that looks for files beside itself stays with the machine as well', withRedis, async t => {
  const { url } = await redis(t)
  const thing = (text: string) =>
    installed('reader', {
      'index.js':
        "exports.text = require('fs').readFileSync(require('path').join(__dirname, 'text.txt'), 'utf8')",
      'text.txt': text,
    })
  await machine(t, url, 'one', ['--cwd', folder(t, thing('there'))])
  const cwd = folder(t, {
    ...thing('here'),
    'work.ts': "import { text } from 'reader'\nexport default () => text",
  })
  const ended = await omakase(t, ['map', 'work.ts', '--range', '1..2', '--on', url], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), ['there', 'there'])
})

test('an addon that its package can do without may be missing', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const cwd = folder(t, {
    ...native('here'),
    ...installed(
      'careful',
      {
        'index.js':
          "let found = 'none'\ntry { found = require('native-thing').where() } catch {}\nexports.found = found",
      },
      { optionalDependencies: { 'native-thing': '1' } },
    ),
    'work.ts': "import { found } from 'careful'\nexport default () => found",
  })
  const ended = await omakase(t, ['map', 'work.ts', '--range', '1..2', '--on', url], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), ['none', 'none'])
})

test("places of the user's files are those that they would have there", withRedis, async t => {
  const { url } = await redis(t)
  const there = folder(t, { 'lib/data.txt': 'there' })
  await machine(t, url, 'one', ['--cwd', there])
  const cwd = folder(t, {
    'lib/work.ts': `import { readFileSync } from 'node:fs'
import old from './old.cjs'
export default () => [readFileSync(new URL('./data.txt', import.meta.url), 'utf8'), import.meta.filename, old.folder]`,
    'lib/old.cjs': 'exports.folder = __dirname',
    'lib/data.txt': 'here',
  })
  const ended = await omakase(t, ['map', 'lib/work.ts', '--args', 'x', '--on', url], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), [['there', join(there, 'lib/work.ts'), join(there, 'lib')]])
})

test('a file that is not there is an error that says how files come there', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const cwd = folder(t, {
    'read.ts':
      "import { readFileSync } from 'node:fs'\nexport default (f: string) => readFileSync(f, 'utf8')",
    'a.txt': 'a',
  })
  const ended = await omakase(t, ['map', 'read.ts', '--files', '*.txt', '--on', url], { cwd })
  assert.equal(ended.code, 1)
  assert.equal(ended.lines[0]!.error!.code, 'ENOENT')
  assert.match(ended.stderr, /inputs travel, files do not/)
})

test("omakase is the machine's own, in a function as a coroutine", withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const cwd = folder(t, {
    'work.ts':
      "import { co, sleep } from 'omakase'\nexport default co(function* (n: number) {\n  yield* sleep(1)\n  return n + 1\n})",
  })
  const ended = await omakase(t, ['map', 'work.ts', '--range', '1..3', '--on', url], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), [2, 3, 4])
})

test(
  'setup and teardown run once in each worker process, and what is printed is on standard error there',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const one = await machine(t, url, 'one')
    const cwd = folder(t, {
      'work.ts': `export const setup = () => console.log('set up', process.pid)
export const teardown = () => console.log('torn down', process.pid)
export default () => process.pid`,
    })
    const ended = await omakase(t, ['map', 'work.ts', '--range', '1..50', '--workers', '2', '--on', url], {
      cwd,
    })
    assert.equal(ended.code, 0, ended.stderr)
    for (const pid of new Set(outputs(ended))) {
      await one.says(new RegExp(`torn down ${pid}`))
      assert.equal(one.stderr.match(new RegExp(`set up ${pid}\\n`, 'g'))?.length, 1)
      assert.equal(one.stderr.match(new RegExp(`torn down ${pid}\\n`, 'g'))?.length, 1)
    }
  },
)

test('code is kept, and fetched again where it is not what it was', withRedis, async t => {
  const server = await redis(t)
  const cache = folder(t)
  const one = await machine(t, server.url, 'one', ['--cache', cache])
  const cwd = folder(t, { 'work.ts': "export default () => 'right'" })
  const args = ['map', 'work.ts', '--args', 'x', '--on', server.url]
  assert.deepEqual(outputs(await omakase(t, args, { cwd })), ['right'])
  const [name] = readdirSync(join(cache, 'code'))
  const file = join(cache, 'code', name!)
  writeFileSync(file, readFileSync(file, 'utf8').replace('right', 'wrong'))
  assert.deepEqual(outputs(await omakase(t, args, { cwd })), ['right'])
  assert.match(readFileSync(file, 'utf8'), /right/)
  assert.equal(one.child.exitCode, null)
})

test('a machine that cannot write anything gives its chunks to another one', withRedis, async t => {
  const { url } = await redis(t)
  const ill = await machine(t, url, 'ill', [], { TMPDIR: '/nowhere/at/all' })
  const cwd = folder(t, { 'work.ts': 'export default (n: number) => n' })
  const run = start(t, ['map', 'work.ts', '--range', '1..20', '--on', url], { cwd })
  await ill.says(/cannot run code here: [^\n]*\/nowhere\/at\/all/)
  await machine(t, url, 'well')
  const ended = await run.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(ended.lines.length, 20)
  assert.equal(ill.stderr.match(/cannot run code here/g)?.length, 1)
})

test('of a run with packages of machines nothing stays in the engine', withRedis, async t => {
  const server = await redis(t)
  await machine(t, server.url, 'one', ['--cwd', folder(t, native('there'))])
  const cwd = folder(t, {
    ...native('here'),
    'work.ts': "import { where } from 'native-thing'\nexport default where",
  })
  const ended = await omakase(t, ['map', 'work.ts', '--range', '1..3', '--on', server.url], { cwd })
  assert.equal(ended.code, 0, ended.stderr)
  const client = server.client(t)
  for (const key of await client.keys('omakase:*-with-*')) assert.ok((await client.pttl(key)) > 0, key)
  assert.deepEqual(await client.keys('omakase:needs:*'), [])
})

test('without a folder for code it works as well, and says so once', withRedis, async t => {
  const { url } = await redis(t)
  const blocked = join(folder(t, { file: '' }), 'file')
  const one = await machine(t, url, 'one', ['--cache', blocked])
  for (const n of [1, 2]) {
    const cwd = folder(t, { 'work.ts': `export default () => ${n}` })
    const ended = await omakase(t, ['map', 'work.ts', '--args', 'x', '--on', url], { cwd })
    assert.deepEqual(outputs(ended), [n])
  }
  assert.equal(one.stderr.match(/cannot keep code in/g)?.length, 1)
})

test('a folder that is none is refused', withRedis, async t => {
  const { url } = await redis(t)
  const ended = await omakase(t, ['worker', url, '--cwd', 'nowhere'], { cwd: folder(t) })
  assert.equal(ended.code, 2)
  assert.match(ended.stderr, /^omakase: --cwd nowhere: there is no such folder\n$/)
})

const isRoot = process.getuid?.() === 0
test('as root, functions run as the user that was asked for', {
  skip: withRedis.skip || (!isRoot && 'for root'),
}, async t => {
  const { url } = await redis(t)
  const there = folder(t)
  chmodSync(there, 0o755)
  const one = await machine(t, url, 'one', ['--user', 'nobody', '--cwd', there], {
    OMAKASE_KEY: 'the key of this test',
  })
  const cwd = folder(t, {
    'work.ts': `import { readFileSync } from 'node:fs'
const secret = () => { try { return readFileSync(\`/proc/\${process.ppid}/environ\`, 'utf8') } catch (error) { return error.code } }
export default () => [process.getuid!(), process.getgroups!().includes(0), process.env.USER, secret()]`,
  })
  const ended = await omakase(t, ['map', 'work.ts', '--args', 'x', '--on', url], {
    cwd,
    env: { OMAKASE_KEY: 'the key of this test' },
  })
  assert.equal(ended.code, 0, ended.stderr + one.stderr)
  const [[uid, isInRoot, name, secret]] = outputs(ended) as [[number, boolean, string, string]]
  assert.notEqual(uid, 0)
  assert.equal(isInRoot, false)
  assert.equal(name, 'nobody')
  assert.equal(secret, 'EACCES')
})

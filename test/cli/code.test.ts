import assert from 'node:assert/strict'
import { builtinModules } from 'node:module'
import { describe, test } from 'node:test'
import { omakase, outputs } from './support/command.js'
import { folder } from './support/folder.js'

describe('code from the command line', { concurrency: 3 }, () => {
  test('has Node’s modules by name, as node -e has', async t => {
    const names = builtinModules.filter(name => !/^_|\//.test(name))
    for (const name of ['child_process', 'fs', 'path', 'os', 'crypto', 'worker_threads', 'perf_hooks'])
      assert.ok(names.includes(name))
    // Of the global names, process and console are the modules themselves; what is deprecated is not touched.
    const code = `async name => (await import('node:' + name)).default === globalThis[name] ? 'same' : typeof globalThis[name]`
    const tried = names.filter(name => !['punycode', 'sys', 'performance'].includes(name))
    const ended = await omakase(t, ['map', '-e', code, '--args', ...tried], { cwd: folder(t) })
    const found = outputs(ended)
    assert.deepEqual(
      tried.filter((_, n) => found[n] !== 'same'),
      [],
    )
  })

  const calls: Record<string, unknown> = {
    "x => child_process.execSync('echo ' + x).toString()": 'a\n',
    "x => fs.readFileSync('in.txt', 'utf8') + x": 'hi a',
    "x => path.join('/', x)": '/a',
    'x => os.EOL + x': '\na',
    "x => crypto.createHash('md5').update(x).digest('hex')": '0cc175b9c0f1b6a831c399e269772661',
    'async x => (await crypto.subtle.digest("SHA-1", Buffer.from(x))).byteLength': 20,
    'x => crypto.randomUUID().length': 36,
    'x => util.inspect({ x })': "{ x: 'a' }",
    "x => require('node:path').basename('/b/' + x)": 'a',
    "async x => (await import('node:path')).basename('/b/' + x)": 'a',
    'async (path: string) => path + typeof fs': 'aobject',
    "import { join } from 'path'; const fs = 1; export default (x: string) => join(x, String(fs))": 'a/1',
  }
  for (const [code, output] of Object.entries(calls)) {
    test(`may be ${code}`, async t => {
      const cwd = folder(t, { 'in.txt': 'hi ' })
      for (const on of ['auto', 'processes']) {
        const ended = await omakase(t, ['map', '-e', code, '--on', on, '--args', 'a'], { cwd })
        assert.deepEqual(outputs(ended), [output], ended.stdout + ended.stderr)
      }
    })
  }
})

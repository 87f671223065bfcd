import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { cleanStack } from '#src/workers/load/stack.js'
import { project, stack } from './support/project.js'

test('a stack has the user’s files, lines and columns, and nothing else', async t => {
  const folder = project(t, {
    'fn.ts': `import { thrower } from './lib/thrower'
interface Unused { a: number }

export default function work(x: number) {
  return thrower(x)
}`,
    'lib/thrower.ts': `type Fn = (x: number) => never
export const thrower: Fn = x => { throw new Error(\`no \${x}\`) }`,
  })
  assert.deepEqual(await stack(t, 'fn.ts', 1, folder), [
    `at thrower (${join(folder, 'lib/thrower.ts')}:2:41)`,
    `at work (${join(folder, 'fn.ts')}:5:10)`,
  ])
})

test('positions stay right in a file that uses its own place, on the first line as well', async t => {
  const folder = project(t, {
    'meta.ts': 'export default (x: number) => { throw new Error(import.meta.url) }\n// end',
    'dirname.ts':
      'export default (x: number) => {\n  const here: string = __dirname; throw new Error(here) }',
  })
  assert.match((await stack(t, 'meta.ts', 1, folder)).join(), /meta\.ts:1:39\)$/)
  assert.match((await stack(t, 'dirname.ts', 1, folder)).join(), /dirname\.ts:2:41\)$/)
})

test('code from the command line is [-e], with its own line and column', async t => {
  const folder = project(t, {})
  const lines = await stack(t, { expression: 'async (x: number) => { throw new Error("no") }' }, 1, folder)
  assert.match(lines.join(), /^at (async )?\S+ \(\[-e\]:1:30\)$/)
  const second = await stack(t, { expression: 'x => {\n  throw new Error("no") }' }, 1, folder)
  assert.match(second.join(), /\(\[-e\]:2:9\)$/)
})

test('the stack of an async function goes on after an await, and that of a package is kept', async t => {
  const folder = project(t, {
    'node_modules/thrower/package.json': '{ "main": "index.js" }',
    'node_modules/thrower/index.js': "module.exports = function thrower() { throw new Error('deep') }",
    'fn.ts': `import thrower from 'thrower'
const later = async () => { await null; thrower() }
export default async function work() { await later() }`,
  })
  assert.deepEqual(await stack(t, 'fn.ts', 1, folder), [
    `at thrower (${join(folder, 'node_modules/thrower/index.js')}:1:45)`,
    `at later (${join(folder, 'fn.ts')}:2:41)`,
    `at async work (${join(folder, 'fn.ts')}:3:40)`,
  ])
})

test('a coroutine’s stack has no frames of omakase', async t => {
  const folder = project(t, {
    'fn.ts': `import { co, sleep } from 'omakase'
const inner = co(function* () {
  yield* sleep(1)
  throw new Error('no')
})
export default co(function* work() { yield* inner() })`,
  })
  const lines = await stack(t, 'fn.ts', 1, folder)
  assert.match(lines[0]!, /fn\.ts:4:9\)?$/)
  assert.deepEqual(
    lines.filter(line => !line.includes(folder)),
    [],
  )
})

test('frames of Node that the user’s code called are kept, its insides are not', () => {
  const cleaned = cleanStack(
    [
      'Error: no',
      '    at Object.readFileSync (node:fs:448:20)',
      '    at work (/home/me/fn.ts:1:2)',
      '    at new Promise (<anonymous>)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    ].join('\n'),
    'file:///tmp/omakase-x/module.mjs',
  )
  assert.equal(
    cleaned,
    'Error: no\n    at Object.readFileSync (node:fs:448:20)\n    at work (/home/me/fn.ts:1:2)',
  )
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { root } from './omakase.js'

const execute = promisify(execFile)

/** What a project prints when all its tests have passed. */
const PASSED = { 'node-test': /# pass 5\n# fail 0/, vitest: /Tests +4 passed \(4\)/ }

for (const [project, passed] of Object.entries(PASSED)) {
  test(`the tests of examples/testing/${project} pass (slow)`, async () => {
    const cwd = join(root, 'examples/testing', project)
    // Else it would tell its results to the runner of this test, and not print them.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const options = { cwd, env: { ...env, NO_COLOR: '1' } }
    if (!existsSync(join(cwd, 'node_modules')))
      await execute('npm', ['ci', '--no-audit', '--no-fund'], options)
    const { stdout } = await execute('npm', ['test'], options)
    assert.match(stdout, passed)
  })
}

test('the vitest project is typed (slow)', async () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await execute(process.execPath, [compiler, '-p', join(root, 'examples/testing/vitest')])
})

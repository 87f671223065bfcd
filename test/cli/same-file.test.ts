import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, omakase, start } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce, linesOf } from './support/journal.js'

const GATE = `import { existsSync } from 'node:fs'
export default async (n: number) => {
  while (n > 5 && !existsSync('go')) await new Promise(resolve => setTimeout(resolve, 5))
  return n
}`

const ARGS = ['map', 'fn.ts', '--range', '1..40', '--concurrency', '4', '-o', 'o.jsonl']

async function running(t: TestContext): Promise<{ cwd: string; command: Command }> {
  const cwd = folder(t, { 'fn.ts': GATE })
  const command = start(t, ARGS, { cwd })
  while (linesOf(join(cwd, 'o.jsonl')).length < 5) await pause(5)
  return { cwd, command }
}

describe('two runs and one file', { concurrency: 3 }, () => {
  for (const more of ['--resume', '--force']) {
    test(`a second run with ${more} is refused in a line, and the first goes on`, async t => {
      const { cwd, command } = await running(t)
      const { code, stderr, stdout } = await omakase(t, [...ARGS, more], { cwd })
      assert.match(
        stderr,
        new RegExp(
          `^omakase: .*o\\.jsonl is being written by another run, process ${command.child.pid}: wait until it has ended, or name another file\\n$`,
        ),
      )
      assert.deepEqual([code, stdout], [2, ''])
      writeFileSync(join(cwd, 'go'), '')
      assert.equal((await command.ended).code, 0)
      assertEachOnce(join(cwd, 'o.jsonl'), 40)
      assert.deepEqual(readdirSync(cwd).sort(), ['fn.ts', 'go', 'o.jsonl'])
    })
  }

  test('the file is free at once when its run was killed', async t => {
    const { cwd, command } = await running(t)
    command.child.kill('SIGKILL')
    await command.ended
    assert.ok(existsSync(join(cwd, 'o.jsonl.omakase-lock')))
    writeFileSync(join(cwd, 'go'), '')
    assert.equal((await omakase(t, [...ARGS, '--resume'], { cwd })).code, 0)
    assertEachOnce(join(cwd, 'o.jsonl'), 40)
    assert.equal(existsSync(join(cwd, 'o.jsonl.omakase-lock')), false)
  })

  test('of many that come at once one has it, and the file is that of one run', async t => {
    const cwd = folder(t, { 'fn.ts': GATE })
    const all = Array.from({ length: 6 }, () => start(t, [...ARGS, '--force'], { cwd }))
    // The others have been refused before the one that has it may end.
    let left = all.length
    for (const { ended } of all) ended.then(() => left--)
    while (left > 1) await pause(5)
    writeFileSync(join(cwd, 'go'), '')
    const codes = (await Promise.all(all.map(({ ended }) => ended))).map(({ code }) => code)
    assert.deepEqual(codes.sort(), [0, 2, 2, 2, 2, 2])
    assertEachOnce(join(cwd, 'o.jsonl'), 40)
  })

  test('they may write different files in one folder, and both to /dev/null', async t => {
    const { cwd, command } = await running(t)
    writeFileSync(join(cwd, 'go'), '')
    for (const file of ['other.jsonl', '/dev/null', '/dev/null'])
      assert.equal((await omakase(t, [...ARGS.slice(0, -1), file, '--force'], { cwd })).code, 0)
    assert.equal((await command.ended).code, 0)
  })
})

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { omakase, start } from './support/command.js'
import { folder } from './support/folder.js'

describe('explaining', { concurrency: 2 }, () => {
  test('--verify says first how often the function will run, then prints measured beside predicted', async t => {
    const cwd = folder(t, {
      'wait.ts': 'export default (n: number) => new Promise(resolve => setTimeout(resolve, 30, n))',
    })
    const { code, stdout } = await omakase(
      t,
      ['explain', '--verify', 'wait.ts', '--range', '1..40', '--report', 'out.json'],
      { cwd },
    )
    assert.equal(code, 0)
    assert.match(stdout, /it waits/)
    const [before, after] = stdout.split('predicted    measured') as [string, string]
    assert.match(before, /--verify runs the function [\d,]+ more times/)
    assert.match(after, /← chosen/)
    assert.match(after, /the choice was (right|wrong)/)
    const { verified } = JSON.parse(readFileSync(join(cwd, 'out.json'), 'utf8'))
    assert.equal(verified.items, 40)
    assert.ok(verified.plans.length >= 4)
    assert.equal(verified.plans.filter((plan: { isChosen: boolean }) => plan.isChosen).length, 1)
    for (const { predictedMs, measuredMs, boundMs } of verified.plans)
      assert.ok(predictedMs > 0 && (measuredMs === null || measuredMs > 0) && boundMs > 0)
  })

  test('a Ctrl-C ends --verify, whatever plan is being tried', async t => {
    const cwd = folder(t, {
      'wait.ts': 'export default (n: number) => new Promise(resolve => setTimeout(resolve, 200, n))',
    })
    const command = start(t, ['explain', '--verify', 'wait.ts', '--range', '1..400'], { cwd })
    await command.prints(/measured\n/)
    command.interrupt()
    const { code, stderr } = await command.ended
    assert.equal(code, 130, stderr)
  })
})

test('of what takes next to nothing it says that it was not compiled yet', async t => {
  const { code, stdout } = await omakase(t, ['explain', '-e', 'n => n', '--range', '1..1000000'], {
    cwd: folder(t),
  })
  assert.equal(code, 0)
  assert.match(stdout, /predicted for 1,000,000 items, if they all are as slow as the first 16,/)
})

test('where there are so few inputs that all have been run, it says so', async t => {
  const { code, stdout } = await omakase(t, ['explain', '-e', 'n => n', '--range', '1..5'], {
    cwd: folder(t),
  })
  assert.equal(code, 0)
  assert.match(stdout, /all of them, 5, have been run for that: nothing is left to predict/)
  assert.doesNotMatch(stdout, /NaN/)
})

describe('what workers cost on this machine', { concurrency: 2 }, () => {
  test('explain measures it the first time, and then knows', async t => {
    const cwd = folder(t)
    const env = { XDG_CACHE_HOME: cwd }
    const args = ['explain', '-e', 'n => n', '--range', '1..40']
    assert.equal((await omakase(t, args, { cwd, env })).code, 0)
    const kept = () => {
      const file = join(cwd, 'omakase', readdirSync(join(cwd, 'omakase'))[0]!)
      return { mtime: statSync(file).mtimeMs, ...JSON.parse(readFileSync(file, 'utf8')) }
    }
    const first = kept()
    assert.ok(first.startMs > 0)
    assert.equal((await omakase(t, args, { cwd, env })).code, 0)
    assert.deepEqual(kept(), first)
  })

  test('a run that takes its time has it measured beside it; one that does not leaves nothing', async t => {
    const cwd = folder(t, {
      'until.ts': `import { existsSync, readdirSync } from 'node:fs'
        import { setTimeout } from 'node:timers/promises'
        export default async () => {
          while (!existsSync('omakase') || !readdirSync('omakase').some(name => name.endsWith('.json')))
            await setTimeout(50)
          return 'measured'
        }`,
    })
    const env = { XDG_CACHE_HOME: cwd }
    assert.equal((await omakase(t, ['map', '-e', 'n => n', '--range', '1..3'], { cwd, env })).code, 0)
    assert.deepEqual(readdirSync(cwd), ['until.ts'])
    const { code, lines } = await omakase(t, ['map', 'until.ts', '--range', '1..2'], { cwd, env })
    assert.equal(code, 0)
    assert.deepEqual(
      lines.map(({ output }) => output),
      ['measured', 'measured'],
    )
  })
})

describe('explaining a command', { concurrency: 2 }, () => {
  test('it says what one takes, and what so many at once would', async t => {
    const cwd = folder(t)
    const args = ['explain', '--exec', 'sh -c "sleep 0.3"', '--range', '1..200', '--report', 'r.json']
    const { code, stdout } = await omakase(t, args, { cwd })
    assert.equal(code, 0)
    assert.match(stdout, /measured {2}.+ a command/)
    assert.doesNotMatch(stdout, /event loop/)
    assert.match(stdout, /predicted for 200 items\n.+ at most \d+ processes/)
    const { alternatives } = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'))
    const alone = alternatives.find(({ plan }: { plan: { workers: number } }) => plan.workers === 1)
    assert.equal(alternatives.at(-1), alone)
    assert.ok(alone.predictedMs >= 200 * 300)
  })

  test('--verify runs it so many at once, and in no event loop', async t => {
    const cwd = folder(t)
    const args = ['explain', '--verify', '--exec', 'sh -c "sleep 0.05"', '--range', '1..20']
    const { code, stdout } = await omakase(t, args, { cwd })
    assert.equal(code, 0)
    assert.match(stdout, /1 process, one item at a time\n/)
    assert.match(stdout, /the choice was/)
    assert.doesNotMatch(stdout, /event loop/)
  })
})

describe('the report as a page', { concurrency: 2 }, () => {
  test('it needs no other file and no network, and what inputs and errors hold is text in it', async t => {
    const cwd = folder(t, {
      'work.ts': `export default (line: string) => {
        if (line.includes('bad')) throw Object.assign(new Error('no'), { name: '<script>alert(1)</script>' })
        return line.length
      }`,
    })
    const input = '<img src=x onerror=alert(1)>\nbad\n</script><script>\n'
    const { code } = await omakase(t, ['map', 'work.ts', '--report', 'run.html'], { cwd, input })
    assert.equal(code, 1)
    const page = readFileSync(join(cwd, 'run.html'), 'utf8')
    assert.match(page, /^<!doctype html>/)
    assert.doesNotMatch(page, /(src|href)=["']?http|@import|<link/)
    assert.ok(!page.includes('<img src=x'))
    assert.ok(!page.includes('<script>alert'))
    assert.equal(page.match(/<script/g)!.length, 2)
    assert.match(page, /prefers-color-scheme: dark/)
  })
})

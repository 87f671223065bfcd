import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const OF_CPU = '/sys/fs/cgroup/cpu'
const CORES = fileURLToPath(new URL('../../../dist/workers/cores.js', import.meta.url))
const PRINT = `import(${JSON.stringify(CORES)}).then(({ cores }) => console.log(cores()))`

function canMakeGroups(): boolean {
  try {
    accessSync(OF_CPU, constants.W_OK)
    return existsSync(join(OF_CPU, 'cpu.cfs_quota_us'))
  } catch {
    return false
  }
}

/** A group of half a core, gone after the test. */
function half(t: TestContext, ...inside: string[]): string {
  const name = `omakase-${randomUUID()}`
  const folders = [name, ...inside].map((_, depth, all) => join(OF_CPU, ...all.slice(0, depth + 1)))
  for (const folder of folders) mkdirSync(folder)
  t.after(() => folders.reverse().map(folder => rmdirSync(folder)))
  writeFileSync(join(folders[0]!, 'cpu.cfs_quota_us'), '50000')
  return folders.at(-1)!
}

function coresIn(group: string): string {
  const join = `echo $$ > ${group}/cgroup.procs; exec "$@"`
  return execFileSync('sh', ['-c', join, 'sh', process.execPath, '-e', PRINT], { encoding: 'utf8' }).trim()
}

const groups = { skip: !canMakeGroups() && 'no cgroup can be made here' }

test('the quota of its own cgroup bounds the cores of a process', groups, t => {
  assert.equal(coresIn(half(t)), '1')
})

test('so does that of a cgroup around it', groups, t => {
  assert.equal(coresIn(half(t, 'inner', 'most')), '1')
})

const tied = { skip: spawnSync('taskset', ['--version']).status !== 0 && 'no taskset here' }

test('a process that is tied to one core has one', tied, () => {
  const printed = execFileSync('taskset', ['-c', '0', process.execPath, '-e', PRINT], { encoding: 'utf8' })
  assert.equal(printed.trim(), '1')
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const linuxOnly = { skip: process.platform !== 'linux' && 'looks into /proc' }

/** Runs the parent until both workers have said that they are at it, then kills it with nothing but SIGKILL. */
async function orphan(source: string): Promise<{ workers: string[]; file: URL }> {
  const parent = spawn(
    process.execPath,
    [fileURLToPath(new URL('./support/parent.js', import.meta.url)), source],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  for await (const chunk of parent.stdout) {
    said += chunk
    if (said.split('at it').length === 3 && said.includes('.mjs')) break
  }
  const file = new URL(/file (\S+)/.exec(said)![1]!)
  assert.ok(existsSync(file))
  await pause(randomInt(100))
  const workers = childrenOf(parent.pid!)
  assert.equal(workers.length, 2)
  parent.kill('SIGKILL')
  return { workers, file }
}

function isAlive(pid: string): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('Z')
  } catch {
    return false
  }
}

/** Processes with this on their command line. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)
    } catch {
      return false
    }
  })
}

function childrenOf(parent: number): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1] === String(parent)
    } catch {
      return false
    }
  })
}

async function gone(pids: () => string[]): Promise<void> {
  for (let waited = 0; waited < 5000 && pids().length > 0; waited += 50) await pause(50)
  assert.deepEqual(pids(), [])
}

const kinds = {
  'computes without end':
    "import { writeSync } from 'node:fs'; export default () => { writeSync(1, 'at it'); for (;;); }",
  'waits for ever':
    "export default () => { console.log('at it'); return new Promise(() => { setInterval(() => {}, 1000) }) }",
  'computes without end while it loads':
    "import { writeSync } from 'node:fs'; writeSync(1, 'at it'); for (;;); export default x => x",
  'ignores signals and errors': `process.on('SIGTERM', () => {}); process.on('disconnect', () => {})
    export default () => { console.log('at it'); return new Promise(() => { setInterval(() => {}, 1000) }) }`,
}

for (const [kind, source] of Object.entries(kinds)) {
  test(
    `a worker that ${kind} ends when its parent is killed, and takes the module with it`,
    linuxOnly,
    async () => {
      const { workers, file } = await orphan(source)
      await gone(() => workers.filter(isAlive))
      assert.equal(existsSync(file), false)
    },
  )
}

test(
  'a worker inside execSync ends when its parent is killed, and so does what it runs',
  linuxOnly,
  async () => {
    const seconds = `${100 + randomInt(100)}.${randomInt(2 ** 30)}`
    const { workers } = await orphan(
      `import { writeSync } from 'node:fs'
     import { execSync } from 'node:child_process'
     export default () => { writeSync(1, 'at it'); execSync('sleep ${seconds}; true') }`,
    )
    await gone(() => workers.filter(isAlive))
    await gone(() => processesWith(`sleep\0${seconds}`))
    await gone(() => processesWith(`sleep ${seconds}`))
  },
)

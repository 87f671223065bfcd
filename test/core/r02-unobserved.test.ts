import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

interface Ended {
  code: number | string | null | undefined
  stdout: string
  stderr: string
}

function program(file: string): Promise<Ended> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  return new Promise(resolve => {
    execFile(process.execPath, [path], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}

const expected: Record<string, string[]> = {
  'a failed root': ['error'],
  'a root that fails at its first step': ['error'],
  'an async root': ['error'],
  'undefined thrown': ['undefined'],
  'two roots': ['one', 'two'],
  'a root of which only the state was looked at': ['error'],
  'a failed child of a root': ['child'],
  'a cancelled root whose cleanup fails': ['cleanup'],
  'a root that fails with a cancelled task that it joined': ['CancelledError: joined'],
  'a root in a root': ['inner'],
  'a root whose joiner was cancelled before': ['nobody is left'],
  'a root whose settled() was cancelled before': ['nobody is left'],
  'a cancelled root': [],
  'a root cancelled later': [],
  'a root that its signal cancelled': [],
  'an awaited root': [],
  'a root that is settled': [],
  'a root that is settled, and fails after long work': [],
  'a root that is joined': [],
  'a root that a coroutine settles': [],
  'a root that failed in the turn in which it is awaited': [],
  'a promise made with then': ['error'],
  'a coroutine awaited without a handler': ['error'],
}

const ended = program('unobserved.js')

for (const [name, errors] of Object.entries(expected)) {
  const what = errors.length === 0 ? 'not reported' : 'reported as an unhandled rejection'
  test(`R2: ${name} is ${what}`, async () => {
    const { stdout, stderr } = await ended
    assert.notEqual(stdout, '', stderr)
    assert.deepEqual(JSON.parse(stdout)[name], errors)
  })
}

test('R2: a root that fails and that nobody observes ends the process as an unhandled rejection does', async () => {
  const { code, stderr } = await program('unobserved-once.js')
  assert.equal(code, 1)
  assert.match(stderr, /TypeError: nobody looked/)
  assert.match(stderr, /at lonely/)
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const program = fileURLToPath(new URL('mistakes.js', import.meta.url))
const source = fileURLToPath(new URL('../../../test/debug/mistakes.ts', import.meta.url))
const text = readFileSync(source, 'utf8').split('\n')

/** What the program reports, with places as the marks of their lines: <forgotten call>. */
async function reports(mistake: string, options: { env?: object; args?: string[] } = {}): Promise<string[]> {
  const env = { ...process.env, OMAKASE_DEBUG: '1', ...options.env }
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [...(options.args ?? []), program, mistake],
    {
      env,
    },
  )
  return (
    stderr
      .split('\n')
      .filter(line => line !== '' && !line.includes('Warning'))
      // On a machine that is busy any step may take long; only one mistake is about that.
      .filter(line => mistake === 'a blocking step' || !line.includes(': Executing'))
      .map(line =>
        line
          .replace(/^omakase: /, '')
          .replace(/#\d+/g, '#')
          .replace(/(?:file:\/\/)?[^\s(]*\/mistakes\.ts:(\d+):\d+/g, (_, nth) => `<${markAt(Number(nth))}>`),
      )
  )
}

function markAt(nth: number): string {
  for (const line of [text[nth - 1]!, text[nth]!]) {
    const mark = /\/\/ line: (.*)/.exec(line)?.[1]
    if (mark !== undefined) return mark
  }
  return text[nth - 1]!.trim()
}

const expected: Record<string, (string | RegExp)[]> = {
  none: [],
  'a blocking step': [
    /^Executing "crunch" # has taken more than 0.100 seconds by now, and still blocks the event loop$/,
    /^Executing "crunch" # took 0\.\d+ seconds, spawned at <.*>; nothing else could run meanwhile$/,
  ],
  'a call that is forgotten': [
    'coroutine "helper" was never yielded from, created at <forgotten call>; write `yield* …`',
  ],
  'an operation that is forgotten': [
    'coroutine sleep() was never yielded from, created at <forgotten operation>; write `yield* …`',
  ],
  'a scope that is forgotten': [
    'coroutine scope() was never yielded from, created at <forgotten scope>; write `yield* …`',
  ],
  'a call outside of any task': [
    'coroutine "helper" was never yielded from, created at <forgotten outside>; write `yield* …`',
  ],
  'a bare generator': [
    '"main" delegates to a generator that is not wrapped in co(), with `yield*` at <bare>; write co(function* …), or its cleanup is cut short by a cancellation',
  ],
  'a task that is left': [
    /^task "main" is still pending at exit, spawned at .*<.*>\)?; it waits on the end of "left" at main \(<.*>\)$/,
    /^task "left" is still pending at exit, spawned at .*<left task>\)?; it waits on forever$/,
    'scope "open" is still open at exit, opened at <left scope>',
  ],
  'many tasks that are left': [
    /^task "main" is still pending/,
    /^tasks "worker 0" … "worker 99" × 100 are still pending at exit, spawned at .*<left workers>\)?; each waits on forever$/,
  ],
  'a swallowed cancellation': [
    'task "swallower" swallowed a cancellation with `finally { continue | break | return }`, going on at <swallower>; its callers are unwound all the same',
  ],
  'a cancellation that a return swallows': [
    'task "returner" swallowed a cancellation with `finally { continue | break | return }`; its callers are unwound all the same',
  ],
  'a finally that is cut': [
    'a cancellation cut a `finally` short at cutFinally (<cutFinally>); cleanup that suspends belongs in use, defer, within or shield',
  ],
  'a receiver that stays open': [
    'receiver was never closed, created at <receiver>; close() it, or write use(…, it => it.close())',
  ],
  'cleanup that lasts': [
    /^the cleanup of "cleaner" # runs for more than 0.02 seconds, spawned at <.*>; it waits on sleep at closing \(<.*>\)$/,
  ],
  'an error that crosses tasks': [
    'Error: failed',
    /^ +at helperThatFails/,
    '    spawned at <failing task> as task "helperThatFails"',
    /^ +at main/,
  ],
}

for (const [mistake, messages] of Object.entries(expected)) {
  test(`R45 debug mode, and ${mistake}`, async () => {
    const found = await reports(mistake)
    assert.equal(found.length, messages.length, found.join('\n'))
    for (const [nth, message] of messages.entries())
      if (typeof message === 'string') assert.equal(found[nth], message)
      else assert.match(found[nth]!, message)
  })
}

test('R45 source maps that the platform follows by itself are not followed twice', async () => {
  const mistake = 'a call that is forgotten'
  assert.deepEqual(await reports(mistake, { args: ['--enable-source-maps'] }), expected[mistake])
})

test('R45 without debug mode nothing is reported', async () => {
  for (const mistake of ['a call that is forgotten', 'a bare generator', 'a task that is left'])
    assert.deepEqual(await reports(mistake, { env: { OMAKASE_DEBUG: '' } }), [])
})

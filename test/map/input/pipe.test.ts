import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { tempFile, tempFolder } from './temp-folder.js'

const CHILD = fileURLToPath(new URL('./pipe-child.js', import.meta.url))

function start(t: TestContext, ...args: string[]) {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return { child, next: async () => JSON.parse((await lines.next()).value as string), ended: ended(child) }
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  return (await once(child, 'exit'))[0]
}

test('a slow pipe is answered line by line', async t => {
  const { child, next, ended } = start(t)
  child.stdin.write('a\n')
  assert.deepEqual(await next(), ['a'])
  child.stdin.write('b\nc\nhal')
  assert.deepEqual(await next(), ['b', 'c'])
  child.stdin.write('f\n')
  assert.deepEqual(await next(), ['half'])
  child.stdin.end('last')
  assert.deepEqual(await next(), ['last'])
  assert.deepEqual(await next(), { ended: { done: 5, total: 5, exact: true } })
  assert.equal(await ended, 0)
})

test('a character and a CRLF may be cut by the pipe', async t => {
  const { child, next } = start(t)
  const bytes = Buffer.from('é€😀\r\nb\r\n')
  for (const byte of bytes) {
    child.stdin.write(Buffer.from([byte]))
    await new Promise(setImmediate)
  }
  child.stdin.end()
  const said: unknown[] = []
  for (let chunk = await next(); Array.isArray(chunk); chunk = await next()) said.push(...chunk)
  assert.deepEqual(said, ['é€😀', 'b'])
})

test('breaking off a pipe that stays open ends the process', async t => {
  const { child, next, ended } = start(t, '1')
  child.stdin.write('a\n')
  assert.deepEqual(await next(), ['a'])
  assert.equal(await ended, 0)
})

test('a pipe without an end can be read for as long as one likes', () => {
  const said = execFileSync('sh', ['-c', `yes | "${process.execPath}" "${CHILD}" 300000 | tail -1`])
  assert.equal(String(said), '{"ended":null}\n')
})

test('standard input may be a file, which goes on where it stands', t => {
  const path = tempFile(t, 'a.txt', 'a\nb\n')
  const run = (command: string) => String(execFileSync('sh', ['-c', command, process.execPath, CHILD, path]))
  assert.equal(run('"$0" "$1" < "$2"'), '["a","b"]\n{"ended":{"done":2,"total":2,"exact":true}}\n')
  assert.match(run('(read line; "$0" "$1") < "$2"'), /^\["b"\]\n/)
  assert.match(run('"$0" "$1" all - < "$2"'), /^\["a","b"\]\n/)
})

test('standard input may be closed, or empty', () => {
  const run = (command: string) => String(execFileSync('sh', ['-c', command, process.execPath, CHILD]))
  assert.match(run('"$0" "$1" <&-'), /^\{"ended"/)
  assert.match(run('"$0" "$1" < /dev/null'), /^\{"ended"/)
})

test('standard input that is a folder is refused', t => {
  const folder = tempFolder(t)
  const command = '"$0" "$1" < "$2" 2>&1 || true'
  const said = String(execFileSync('sh', ['-c', command, process.execPath, CHILD, folder]))
  assert.match(said, /BadUsage: standard input is a folder/)
})

test('a pipe with a name is waited for, and breaking it off ends the process', async t => {
  const path = join(tempFolder(t), 'fifo')
  execFileSync('mkfifo', [path])
  const { next, ended } = start(t, '1', path)
  const fd = openSync(path, 'w')
  t.after(() => closeSync(fd))
  spawn('sh', ['-c', 'echo from the pipe > "$0"', path])
  assert.deepEqual(await next(), ['from the pipe'])
  assert.equal(await ended, 0)
})

test('what a shell gives for <(…) is read like a file', () => {
  const command = '"$0" "$1" all <(echo one; echo two)'
  const said = String(execFileSync('bash', ['-c', command, process.execPath, CHILD]))
  assert.match(said, /"one"/)
  assert.match(said, /"two"/)
})

test('a device that is no pipe is read too', () => {
  assert.equal(
    String(execFileSync(process.execPath, [CHILD, 'all', '/dev/null'])),
    '{"ended":{"done":0,"total":0,"exact":true}}\n',
  )
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { OutputFlags } from '#src/map/output/open.js'
import { checkOutput, openOutput } from '#src/map/output/open.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { tempFile, tempFolder } from '../input/temp-folder.js'

async function refuses(flags: OutputFlags, message: RegExp): Promise<void> {
  for (const open of [checkOutput, openOutput]) {
    await assert.rejects(open(flags), (error: Error) => {
      assert.ok(error instanceof BadUsage, String(error))
      assert.match(error.message, message)
      assert.ok(!error.message.includes('\n'))
      return true
    })
  }
}

test('a new file is made, and only when it is opened', async t => {
  const output = join(tempFolder(t), 'out.jsonl')
  await checkOutput({ output })
  assert.equal(existsSync(output), false)
  const { writer, journal } = await openOutput({ output })
  writer.write('a\n')
  await writer.close()
  assert.deepEqual([readFileSync(output, 'utf8'), journal], ['a\n', undefined])
})

test('a file that exists needs --resume or --force, and stays as it is', async t => {
  const output = tempFile(t, 'out.jsonl', 'precious\n')
  await refuses({ output }, /out\.jsonl exists: write --resume to go on with it, or --force to begin anew$/)
  assert.equal(readFileSync(output, 'utf8'), 'precious\n')
})

test('--force empties the file when it is opened, not when it is checked', async t => {
  const output = tempFile(t, 'out.jsonl', 'old\n')
  await checkOutput({ output, force: true })
  assert.equal(readFileSync(output, 'utf8'), 'old\n')
  const { writer } = await openOutput({ output, force: true })
  writer.write('new\n')
  await writer.close()
  assert.equal(readFileSync(output, 'utf8'), 'new\n')
})

test('no folder is made, and a folder is no file', async t => {
  const folder = tempFolder(t)
  await refuses(
    { output: join(folder, 'a/b/out.jsonl') },
    /there is no folder .*a\/b for .*: make it first, with mkdir -p .*a\/b$/,
  )
  await refuses({ output: folder }, /is a folder: name a file in it, such as -o .*\/results\.jsonl$/)
  await refuses({ output: join(folder, 'new/') }, /cannot be made: not a folder$/)
  await refuses({ output: join(tempFile(t, 'file', ''), 'out.jsonl') }, /cannot be (made|written): /)
})

test('flags that do not go together are refused', async t => {
  const output = tempFile(t, 'out.jsonl', '')
  await refuses({ resume: true }, /^--resume is about a file of results: name it with -o FILE$/)
  await refuses({ force: true }, /^--force is about a file/)
  await refuses({ output, retryFailed: true }, /write --resume --retry-failed$/)
  await refuses({ output, resume: true, force: true }, /leave one out$/)
  await refuses({ output, resume: true, raw: true }, /leave --raw out$/)
  await refuses({ output, resume: true, retryFailed: true, ordered: true }, /leave --ordered out$/)
})

test('a device needs no --force, and has nothing to resume', async () => {
  const { writer } = await openOutput({ output: '/dev/null' })
  writer.write('a\n')
  await writer.close()
  await refuses({ output: '/dev/null', resume: true }, /is no regular file/)
})

test('a pipe with a name that nobody reads is refused', async t => {
  const output = join(tempFolder(t), 'fifo')
  execFileSync('mkfifo', [output])
  await assert.rejects(openOutput({ output }), /BadUsage: nobody reads from .*fifo: start its reader first/)
})

test('--resume of a file that is not there begins it', async t => {
  const output = join(tempFolder(t), 'out.jsonl')
  const { writer, journal } = await openOutput({ output, resume: true })
  await writer.close()
  assert.deepEqual([journal, existsSync(output)], [undefined, true])
})

test('--resume goes through a link, and keeps link and mode', async t => {
  const file = tempFile(
    t,
    'real.jsonl',
    '{"index":0,"input":"a","error":{}}\n{"index":1,"input":"b","output":1}\n',
  )
  execFileSync('chmod', ['640', file])
  const output = join(tempFolder(t), 'link.jsonl')
  symlinkSync(file, output)
  const { writer, journal } = await openOutput({ output, resume: true, retryFailed: true })
  writer.write('{"index":0,"input":"a","output":2}\n')
  await writer.close()
  assert.deepEqual([journal?.ok, journal?.failed], [1, 0])
  assert.ok(lstatSync(output).isSymbolicLink())
  assert.equal(statSync(file).mode & 0o777, 0o640)
  assert.equal(
    readFileSync(file, 'utf8'),
    '{"index":1,"input":"b","output":1}\n{"index":0,"input":"a","output":2}\n',
  )
})

test('a file that may not be written is refused', { skip: process.getuid?.() === 0 }, async t => {
  const output = tempFile(t, 'out.jsonl', '')
  execFileSync('chmod', ['400', output])
  await refuses({ output, force: true }, /cannot be written: EACCES/)
  writeFileSync(join(tempFolder(t), 'x'), '')
})

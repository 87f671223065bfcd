import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { lock } from '#src/map/output/lock.js'
import { openOutput } from '#src/map/output/open.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { tempFile, tempFolder } from '../input/temp-folder.js'

const linuxOnly = { skip: process.platform !== 'linux' && 'looks into /proc' }

test('the file beside is there while the lock is held, and names who has it', async t => {
  const path = join(tempFolder(t), 'o.jsonl')
  const release = await lock(path)
  assert.equal(JSON.parse(readFileSync(`${path}.omakase-lock`, 'utf8')).pid, process.pid)
  await release()
  assert.equal(existsSync(`${path}.omakase-lock`), false)
})

test('what the dead have left is in nobody’s way, nor what is no claim', async t => {
  const child = spawn(process.execPath, ['-e', '0'])
  await once(child, 'close')
  const path = join(tempFolder(t), 'o.jsonl')
  writeFileSync(`${path}.omakase-lock`, `{"pid":${child.pid},"started":""}\nnonsense\n{"pid":"7"}\n{"pid":`)
  await (await lock(path))()
  assert.equal(existsSync(`${path}.omakase-lock`), false)
})

test('a process that has the number of a dead one does not have its lock', linuxOnly, async t => {
  const path = join(tempFolder(t), 'o.jsonl')
  // Process 1 is alive, and did not begin then.
  writeFileSync(`${path}.omakase-lock`, `{"pid":1,"started":"long ago"}\n`)
  await (await lock(path))()
})

test('a lock of somebody alive is respected by whatever way the file is named', linuxOnly, async t => {
  const path = tempFile(t, 'o.jsonl', '')
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  t.after(() => other.kill('SIGKILL'))
  const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8')
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const started = `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  writeFileSync(`${path}.omakase-lock`, `${JSON.stringify({ pid: other.pid, started })}\n`)
  const link = `${path}.link`
  symlinkSync(path, link)
  for (const output of [path, link])
    await assert.rejects(openOutput({ output, resume: true }), (error: Error) => {
      assert.ok(error instanceof BadUsage)
      assert.match(error.message, new RegExp(`is being written by another run, process ${other.pid}: `))
      return true
    })
  other.kill('SIGKILL')
  await once(other, 'exit')
  const { writer } = await openOutput({ output: link, resume: true })
  await writer.close()
})

test('an output that cannot be opened is not held', async t => {
  const path = tempFile(t, 'o.jsonl', 'no journal\n')
  await assert.rejects(openOutput({ output: path, resume: true }), BadUsage)
  assert.equal(existsSync(`${path}.omakase-lock`), false)
})

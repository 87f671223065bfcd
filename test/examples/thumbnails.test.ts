import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { readResults } from '../../examples/demo/results.js'
import { omakaseIn, root } from './omakase.js'
import { scratch } from './scratch.js'

const execute = promisify(execFile)
const example = join(root, 'examples/thumbnails')

interface Thumbnail {
  readonly to: string
  readonly width: number
  readonly height: number
  readonly bytes: number
}

test('thumbnails makes small pictures of large ones, and fails what is no picture (slow)', async t => {
  if (!existsSync(join(example, 'node_modules')))
    await execute('npm', ['ci', '--no-audit', '--no-fund'], { cwd: example })
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await execute(process.execPath, [compiler, '-p', example])

  const folder = scratch(t)
  await execute(process.execPath, [join(example, 'photos.js'), 'photos', '4'], { cwd: folder })
  writeFileSync(join(folder, 'photos/no-picture.jpg'), 'text')

  const { code, stderr } = await omakaseIn(
    folder,
    'map',
    join(example, 'thumbnail.ts'),
    '--files',
    'photos/*.jpg',
    '-o',
    'thumbnails.jsonl',
  )
  assert.equal(code, 1, stderr)
  const results = readResults<Thumbnail>(join(folder, 'thumbnails.jsonl')).sort((a, b) => a.index - b.index)
  assert.match(results.pop()!.error!.message, /unsupported image format/)
  assert.deepEqual(
    results.map(({ output }) => [output!.width, output!.height]),
    [
      [213, 320],
      [320, 213],
      [320, 213],
      [213, 320],
    ],
  )
  assert.equal(readdirSync(join(folder, 'thumbnails')).length, 4)
  for (const { output } of results) {
    const picture = readFileSync(join(folder, output!.to))
    assert.equal(picture.length, output!.bytes)
    assert.equal(picture.readUInt16BE(0), 0xffd8)
  }
})

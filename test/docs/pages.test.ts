import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { after, test } from 'node:test'
import { freePort, RedisServer, withRedis } from '../cluster/support/redis.js'
import { type Block, blocksOf } from './blocks.js'
import { compile, folderFor, root } from './compile.js'
import { site } from './site.js'

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.md'))
    .map(file => join('docs', file))
    .sort(),
]

const folder = folderFor('pages')
const bin = join(folder, '.bin')
for (const each of [bin, ...pages.map(folderOf)]) mkdirSync(each)
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** What pages call the Redis of the reader; here it is one that ends with these tests. */
const REDIS = /\bredis:\/\/127\.0\.0\.1(?!:)/g
const redis = withRedis.skip === false ? new RedisServer(await freePort(), []) : null
after(() => redis?.remove())
await redis?.start()
// What stands in docs/reference is run by reference.test.ts.
const blocks = pages
  .filter(page => !page.startsWith('docs/reference/'))
  .flatMap(page => blocksOf(readFileSync(join(root, page), 'utf8')).map(block => blockOf(page, block)))
const programs = new Map(
  blocks.filter(({ language }) => language === 'ts').map(block => [sourceOf(block), block.code]),
)
const wrong = await compile(folder, programs)
const { url, close } = await site()
after(close)
provide()

for (const block of blocks) {
  const { page, line, output, language } = block
  const what = language === 'sh' ? 'works' : block.file === undefined ? 'runs' : 'is a file for those below'
  const skip = block.needsRedis && withRedis.skip
  const prints = output === undefined ? '' : ', and prints what the page says'
  test(`${page}:${line} ${what}${prints}`, { skip }, async () => {
    assert.deepEqual(wrong.get(sourceOf(block)) ?? [], [], 'its types are right')
    if (block.file !== undefined && language !== 'sh') {
      if (language !== 'ts') writeFileSync(join(folderOf(page), block.file), block.code)
      assert.ok(isUsed(block), `${block.file} is used further down`)
      return
    }
    const printed = language === 'sh' ? await shell(block) : await execute(block)
    if (output !== undefined) assert.equal(printed, output)
    else assert.doesNotMatch(printed, FAILED)
  })
}

test('every link of a page to another, and to a part of one, leads there', () => {
  const dead = pages.flatMap(page =>
    linksOf(page)
      .filter(([file, part]) => !existsSync(join(root, file)) || !hasPart(file, part))
      .map(([file, part]) => `${page}: ${file}${part}`),
  )
  assert.deepEqual(dead, [])
})

test('the index names every page', () => {
  const index = 'docs/README.md'
  const named = linksOf(index).map(([file]) => file)
  assert.deepEqual(
    pages.filter(page => page.startsWith('docs/') && page !== index && !named.includes(page)),
    [],
  )
})

type OfPage = Block & { readonly page: string; readonly needsRedis: boolean }

function blockOf(page: string, block: Block): OfPage {
  const code = block.code.replaceAll(REDIS, redis?.url ?? '$&')
  return { ...block, page, code, needsRedis: block.code.match(REDIS) !== null }
}

function folderOf(page: string): string {
  return join(folder, page.replaceAll(/[/.]/g, '-'))
}

function sourceOf({ page, line, file }: OfPage): string {
  return relative(folder, join(folderOf(page), file ?? `program-${line}.ts`))
}

function isUsed(block: OfPage): boolean {
  const names = [block.file!, block.file!.replace(/\.ts$/, '.js')]
  return blocks.some(
    ({ page, line, code }) =>
      page === block.page && line > block.line && names.some(name => code.includes(name)),
  )
}

async function execute(block: OfPage): Promise<string> {
  const file = sourceOf(block).replace(/\.ts$/, '.js')
  if (block.language === 'js') writeFileSync(join(folder, file), block.code)
  const output = await outputOf(process.execPath, [join(folder, file)], folderOf(block.page))
  return output.replaceAll(`program-${block.line}.`, 'program.')
}

/** What npm does is for people, and for the script that decides whether a change lands; but there has to be such a script. */
async function shell(block: OfPage): Promise<string> {
  for (const [, name] of block.code.matchAll(/\bnpm (?:run )?(?!ci\b|run\b|init\b|install\b|pkg\b)(\w+)/g))
    assert.ok(name! in scripts, `there is a script ${name}`)
  const lines = block.code.split('\n').filter(line => !line.startsWith('npm '))
  // What a page has in a terminal of its own ends with the block.
  if (/ &$/m.test(block.code)) lines.unshift(`trap 'kill $(jobs -p); wait' EXIT`)
  return outputOf('bash', ['-e', '-c', lines.join('\n')], folderOf(block.page))
}

const FAILED = /^\(exit code \d+\)$/m

/** What it prints; where it fails, the first line of the error, and the code, too. */
function outputOf(program: string, args: string[], cwd: string): Promise<string> {
  return new Promise(resolve => {
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
    execFile(program, args, { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
      const [headline] = /^\[?\w*Error\b.*$/m.exec(stderr) ?? []
      // Newer versions of Node warn of an await that never ends.
      const said = headline === undefined ? stderr.replace(/^Warning: .*/s, '') : `${headline}\n`
      const end = error === null ? '' : `${said}(exit code ${error.code})\n`
      resolve(`${stdout}${end}`.replaceAll(`${cwd}/`, ''))
    })
  })
}

/** The command, and what the README speaks of: a list of addresses. */
function provide(): void {
  const command = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  command('omakase', `exec '${process.execPath}' '${join(root, 'dist/cli/main.js')}' "$@"`)
  command('npx', 'exec "$@"')
  const urls = Array.from({ length: 3 }, (_, i) => `${url}/${i}\n`)
  writeFileSync(join(folderOf('README.md'), 'urls.txt'), urls.join(''))
}

function linksOf(page: string): [file: string, part: string][] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)/g)].map(([, file, part]) => [
    file === '' ? page : normalize(join(dirname(page), file!)),
    part ?? '',
  ])
}

function hasPart(file: string, part: string): boolean {
  if (part === '') return true
  const headings = [...readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.*)$/gm)]
  const slugs = headings.map(([, heading]) => slug(heading!))
  return slugs.some((each, i) => {
    const before = slugs.slice(0, i).filter(other => other === each).length
    return part === (before === 0 ? `#${each}` : `#${each}-${before}`)
  })
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}

// Installs the packed package in an empty folder and uses it there as a stranger would: types, library, command.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { checkCluster } from './pack-check/cluster.mjs'

const folder = mkdtempSync(join(tmpdir(), 'omakase-pack-'))
const run = (command, args, options = {}) =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  })

try {
  const [{ filename, files }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: resolve('.') }),
  )
  const stray = files
    .map(({ path }) => path)
    .filter(path => !/^(dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path))
  if (stray.length > 0) throw new Error(`the package holds what it should not: ${stray.join(', ')}`)

  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n')
  run('npm', ['install', '--no-audit', '--no-fund', join(folder, filename), '@types/node@20', 'tsx@4'])
  writeFileSync(
    join(folder, 'use.ts'),
    `import { all, co, run, sleep, spawn, timeout } from 'omakase'
import { map } from 'omakase/map'
import { pipe, subprocess } from 'omakase/node'
import { runTest } from 'omakase/testing'

const add = co(function* (a: number, b: number) {
  yield* sleep(1)
  return a + b
})
const pair: [number, string] = await run(() => all([add(1, 2), () => 'two']))
const sum: number = await timeout(1000, function* () {
  const task = spawn(() => add(3, 4))
  return yield* task
})
const outputs: number[] = await map(['1', '2', '3'], async text => Number(text) * 2).outputs()
for await (const { input, output } of map([1, 2], n => String(n))) console.log(input + 1, output?.length)
console.log(JSON.stringify([pair, sum, outputs]))
const { stdout } = await pipe(subprocess('echo', ['a b']), subprocess('cat'))
if (stdout !== 'a b') throw new Error(stdout)
await runTest(() => sleep(3_600_000))
`,
  )
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'NodeNext',
        target: 'ES2022',
        strict: true,
        types: ['node'],
        outDir: 'out',
        skipLibCheck: false,
      },
      files: ['use.ts'],
    }),
  )
  run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder])
  const printed = run(process.execPath, [join(folder, 'out/use.js')])
  if (!printed.includes('[[3,"two"],7,[2,4,6]]')) throw new Error(`the program printed ${printed}`)

  run('npx', ['--no-install', 'omakase', '--version'])
  writeFileSync(join(folder, 'words.txt'), 'one\nthree\n')
  const raw = run('npx', [
    '--no-install',
    'omakase',
    'map',
    '-e',
    '(word: string) => word.length',
    'words.txt',
    '--raw',
    '--ordered',
  ])
  if (raw !== '3\n5\n') throw new Error(`the command printed ${JSON.stringify(raw)}`)
  // What the tutorial has the reader type, where they would type it; wants the compiled tests.
  process.stdout.write(
    run(process.execPath, [resolve('scripts/tutorial.mjs'), folder], { cwd: resolve('.') }),
  )
  const { exports } = JSON.parse(readFileSync(resolve('package.json'), 'utf8'))
  const entries = Object.keys(exports).filter(entry => !entry.endsWith('.json'))
  const imports = entries.map(entry => `await import('omakase${entry.slice(1)}')`)
  run(process.execPath, ['--input-type=module', '-e', imports.join('\n')])
  const cluster = await checkCluster(folder, run)
  console.log(
    `package: ${files.length} files; its types, its library and its command work in an empty folder; ${cluster}`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

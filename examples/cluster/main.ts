import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sleep, use } from 'omakase'
import { main, subprocess, supervise } from 'omakase/node'
import { filesUnder } from '../demo/hash-files.js'
import { wrongIn } from './check.js'
import { machine, omakase, redis } from './services.js'

// A Redis and three machines under one supervisor; all files below a folder are hashed on them, while one of the
// machines is killed.

const hashFile = fileURLToPath(new URL('../../../examples/hash-files/hash-file.ts', import.meta.url))

function* hashEverything(tree: string) {
  const folder = yield* use(
    () => mkdtempSync(join(tmpdir(), 'omakase-cluster-')),
    path => rmSync(path, { recursive: true }),
  )
  const socket = join(folder, 'redis.sock')
  const url = `redis+unix://${socket}`
  const machines = ['machine-1', 'machine-2', 'machine-3'].map(name => machine(name, url))
  const services = yield* supervise([redis(folder, socket), ...machines], {
    onEvent: ({ type, child }) => console.log(`${type} ${child}`),
  })

  const files = [...filesUnder(tree)]
  const hashes = join(folder, 'hashes.jsonl')
  const args = ['map', hashFile, '--files', `${tree}/**`, '-o', hashes, '--on', url]
  const run = yield* subprocess(process.execPath, [omakase, ...args]).start()
  while (linesIn(hashes) < files.length / 2) yield* sleep(5)
  const [pid] = services.status().find(({ name }) => name === 'machine-2')!.pids
  process.kill(pid!, 'SIGKILL')
  console.log('killed machine-2, half-way')

  yield* run.ended()
  const wrong = wrongIn(hashes, files)
  for (const line of wrong) console.log(line)
  console.log(`${files.length} files, ${linesIn(hashes)} lines, ${wrong.length} missing, wrong or twice`)
  if (wrong.length > 0) process.exitCode = 1
  yield* services.stop()
}

function linesIn(file: string): number {
  return existsSync(file) ? readFileSync(file, 'latin1').split('\n').length - 1 : 0
}

main(() => hashEverything(process.argv[2] ?? 'node_modules'))

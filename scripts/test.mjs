// Runs the compiled tests: node scripts/test.mjs [FOLDER …], such as core sync; all of them by default.
// Node 20 takes no patterns for --test, so the files are listed here.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const node = process.env.OMAKASE_NODE ?? process.execPath
const folders = process.argv.slice(2)
const files = (folders.length > 0 ? folders : ['']).flatMap(folder =>
  readdirSync(join('build/test', folder), { recursive: true })
    .filter(file => file.endsWith('.test.js'))
    .map(file => join('build/test', folder, file)),
)
// Most of what the slow ones do is wait for processes, so one more runs at once than there are processors.
// Node 24 waits for ever for a test that never settles; no file comes near this bound.
const HUNG = 600_000
const { status } = spawnSync(
  node,
  [
    '--test',
    `--test-timeout=${HUNG}`,
    `--test-concurrency=${availableParallelism() + 1}`,
    '--test-reporter=./scripts/reporter.mjs',
    ...files,
  ],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)

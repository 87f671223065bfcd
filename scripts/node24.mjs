// Runs the core's tests once more on Node 24, which the npm package of that name carries. It is kept outside of the
// dependencies: a hundred megabytes that only this needs.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve('node_modules/.cache/node24')
const node = resolve(folder, 'node_modules/node/bin/node')
if (!existsSync(node)) {
  mkdirSync(folder, { recursive: true })
  // Its install script links the binary of this platform.
  writeFileSync(resolve(folder, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }\n')
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', 'node@24'], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}
const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
console.log(`the core's tests on Node ${stdout?.trim()}`)
const { status } = spawnSync(process.execPath, ['scripts/test.mjs', 'core', 'sync'], {
  stdio: 'inherit',
  env: { ...process.env, OMAKASE_NODE: node },
})
process.exit(status ?? 1)

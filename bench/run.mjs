// npm run bench -- NAME [--rounds N] [--only ROW] [--hold] [--quick]: installs the peers where they are missing or others, compiles, runs.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = dirname(fileURLToPath(import.meta.url))
const root = dirname(bench)
const names = readdirSync(bench)
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -'.ts'.length))

const [name, ...options] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`npm run bench -- ${names.join('|')} [--rounds N] [--only ROW] [--hold] [--quick]`)
  process.exit(2)
}

for (const folder of [root, bench]) if (!isInstalled(folder)) sh('npm', ['ci'], folder)
sh('npm', ['run', 'build', '--silent'], root)
sh('npx', ['tsc', '-p', 'bench/tsconfig.json'], root)
// With it each process reads certificates as it starts, under Node 20 for longer than all the rest of its start takes.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
sh(process.execPath, ['--expose-gc', join(bench, 'build', `${name}.js`), ...options], root, env)
sh('npx', ['biome', 'format', '--log-level=error', '--write', 'bench/results'], root)

/** Since the lock file was changed the last time. */
function isInstalled(folder) {
  const at = file => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return at('node_modules/.package-lock.json') >= at('package-lock.json')
}

function sh(command, args, cwd, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

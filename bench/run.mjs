// npm run bench -- NAME [--rounds N] [--only ROW] [--hold]: installs the peers where they are missing, compiles, runs.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = dirname(fileURLToPath(import.meta.url))
const root = dirname(bench)
const names = readdirSync(bench)
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -'.ts'.length))

const [name, ...options] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`npm run bench -- ${names.join('|')} [--rounds N] [--only ROW] [--hold]`)
  process.exit(2)
}

if (!existsSync(join(root, 'node_modules'))) sh('npm', ['ci'], root)
if (!existsSync(join(bench, 'node_modules'))) sh('npm', ['ci'], bench)
sh('npx', ['tsc', '-p', 'tsconfig.build.json'], root)
sh('npx', ['tsc', '-p', 'bench/tsconfig.json'], root)
sh(process.execPath, ['--expose-gc', join(bench, 'build', `${name}.js`), ...options], root)
sh('npx', ['biome', 'format', '--log-level=error', '--write', 'bench/results'], root)

function sh(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

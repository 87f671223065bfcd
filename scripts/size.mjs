// Prints how large each entry is, minified and compressed, and what programs pull in of `omakase`, of which a bundler
// leaves out what they do not name. The limits keep it from growing unseen.
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const KB = 1024

const ENTRIES = {
  'dist/index.js': 20 * KB,
  'dist/cluster/index.js': Infinity,
  'dist/debug/index.js': Infinity,
  'dist/map/index.js': Infinity,
  'dist/node/index.js': Infinity,
  'dist/stream/index.js': Infinity,
  'dist/testing/index.js': Infinity,
  'dist/workers/index.js': Infinity,
}

const PROGRAMS = {
  'co run spawn scope sleep timeout': 11.5 * KB,
  'co run spawn scope sleep timeout all race retry use channel': 15 * KB,
}

for (const [entry, limit] of Object.entries(ENTRIES)) await print(entry, `export * from './${entry}'`, limit)
for (const [names, limit] of Object.entries(PROGRAMS))
  await print(`{ ${names} }`, `export { ${names.split(' ')} } from './dist/index.js'`, limit)

async function print(what, contents, limit) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    // What is loaded only when there is something to report.
    external: ['./deadlock.js', './mode.js'],
  })
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length
  console.log(`${what}: ${bytes.toLocaleString('en-US')} bytes min+gz`)
  if (bytes > limit) {
    console.error(`that is over its limit of ${limit.toLocaleString('en-US')} bytes`)
    process.exitCode = 1
  }
}

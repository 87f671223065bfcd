// Prints how large each entry is, minified and compressed; `omakase` has a limit.
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const LIMITS = {
  'dist/index.js': 10_240,
  'dist/debug/index.js': Infinity,
  'dist/map/index.js': Infinity,
  'dist/node/index.js': Infinity,
  'dist/stream/index.js': Infinity,
  'dist/testing/index.js': Infinity,
  'dist/workers/index.js': Infinity,
}

for (const [entry, limit] of Object.entries(LIMITS)) {
  const { outputFiles } = await build({
    entryPoints: [entry],
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
  console.log(`${entry}: ${bytes.toLocaleString('en-US')} bytes min+gz`)
  if (bytes > limit) {
    console.error(`that is over its limit of ${limit.toLocaleString('en-US')} bytes`)
    process.exitCode = 1
  }
}

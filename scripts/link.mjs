// Makes few files of the many that the command and a worker are: Node takes half a millisecond for each module, which
// was a third of the time of a short run. What is imported where it is used stays apart, and so do packages.
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/** What user code in a worker has as well, by `import 'omakase'`: classes and marks that must be the same for both. */
const SAME = /^(core\/|workers\/(transfer|bad-usage|share\/shared)\.js$)/

await link('cli', ['cli/main'])
await link('workers/entry', ['map/entry/worker', 'workers/pool/entry', 'cluster/consume/worker'], SAME)

/** Links these entries in their place; what they have in common goes into parts in a folder. */
async function link(folder, entries, outside) {
  const { metafile } = await build({
    entryPoints: entries.map(entry => `${dist}${entry}.js`),
    outdir: dist,
    outbase: dist,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    chunkNames: `${folder}/part-[hash]`,
    ignoreAnnotations: true,
    define: { 'import.meta.url': 'WAS' },
    banner: { js: 'const HERE = import.meta.url' },
    metafile: true,
    logLevel: 'warning',
    plugins: [placed(`${dist}${folder}/`), ...(outside ? [left(outside)] : [])],
  })
  // Those of an earlier build.
  const parts = new Set(Object.keys(metafile.outputs).map(path => basename(path)))
  for (const file of await readdir(`${dist}${folder}`))
    if (file.startsWith('part-') && !parts.has(file)) await rm(`${dist}${folder}/${file}`)
}

/** A module goes on finding what lies beside the file that it was. */
function placed(folder) {
  return {
    name: 'placed',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        if (!text.includes('import.meta.url')) return undefined
        const was = `const WAS = new URL(${JSON.stringify(relative(folder, path))}, HERE).href`
        const at = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0
        return { contents: `${text.slice(0, at)}${was}\n${text.slice(at)}` }
      })
    },
  }
}

/** Modules that stay where they are; whoever imports them lies two folders deep, whatever part it is in. */
function left(outside) {
  return {
    name: 'left',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const file = relative(dist, resolve(resolveDir, path))
        return outside.test(file) ? { path: `../../${file}`, external: true } : undefined
      })
    },
  }
}

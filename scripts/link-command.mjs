// Makes few files of the many that the command is: Node takes half a millisecond for each module, which was a third of
// the time of a short run. What is imported where it is used stays apart, and so do packages. What user code can meet,
// the library and the entries of workers, is left as it is.
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = `${root}dist/cli/`

/** A module goes on finding what lies beside the file that it was. */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return undefined
      const was = `const WAS = new URL(${JSON.stringify(relative(out, path))}, HERE).href`
      const at = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0
      return { contents: `${text.slice(0, at)}${was}\n${text.slice(at)}` }
    })
  },
}

const { metafile } = await build({
  entryPoints: [`${root}dist/cli/main.js`],
  outdir: out,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  chunkNames: 'part-[hash]',
  ignoreAnnotations: true,
  define: { 'import.meta.url': 'WAS' },
  banner: { js: 'const HERE = import.meta.url' },
  metafile: true,
  logLevel: 'warning',
  plugins: [places],
})

// Those of an earlier build.
const parts = new Set(Object.keys(metafile.outputs).map(path => basename(path)))
for (const file of await readdir(out))
  if (file.startsWith('part-') && !parts.has(file)) await rm(`${out}${file}`)

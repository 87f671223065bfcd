import { readFile } from 'node:fs/promises'
import { dirname, extname, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, PluginBuild } from 'esbuild'
import { withPrefix } from './identity-map.js'
import type { Outside } from './outside.js'

const PLACE = /\bimport\s*\.\s*meta\b|\b__dirname\b|\b__filename\b/

/** What stands for `import.meta`, `__dirname` and `__filename` in the bundle, where a file uses them. */
const HERE = '__omakase_here'

export const define: Record<string, string> = {
  'import.meta': HERE,
  __dirname: `${HERE}.dirname`,
  __filename: `${HERE}.filename`,
}

/**
 * Gives each of the user's files its own place back, which it would lose in a bundle. On another machine that is the place
 * which the file would have there.
 */
export function keepPlaces(build: PluginBuild, cwd: string, outside?: Outside): void {
  build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
    const source = await readFile(path, 'utf8')
    if (!PLACE.test(source)) return undefined
    if (outside?.isInstalled(path)) {
      // Comments speak of it, too.
      const without = { loader: loaderOf(path), minifyWhitespace: true, legalComments: 'none' } as const
      const { code } = await build.esbuild.transform(source, without)
      // It would not find there what lies beside it.
      if (PLACE.test(code)) outside.keepOut(path)
      return undefined
    }
    const before = outside === undefined ? place(path) : placeThere(path, cwd)
    const contents = withPrefix(before, source.replace(/^\uFEFF/, '').replace(/^#!.*/, ''), path)
    return { contents, loader: loaderOf(path) }
  })
}

/** A constant for the head of a file. */
export function place(file: string): string {
  const here = { url: pathToFileURL(file).href, filename: file, dirname: dirname(file) }
  return `const ${HERE} = {...${JSON.stringify(here)}, resolve: to => __omakase_resolve(to, ${JSON.stringify(here.url)})};`
}

/** The same for a machine whose folder stands for this one. */
export function placeThere(file: string, cwd: string): string {
  return `const ${HERE} = __omakase_at(${JSON.stringify(relative(cwd, file))});`
}

function loaderOf(file: string): Loader {
  const ending = extname(file).slice(1).replace(/^[cm]/, '')
  return ending === '' ? 'js' : (ending as Loader)
}

import { dirname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, BuildOptions, BuildResult, Plugin } from 'esbuild'
import { buildProblem } from './build-problem.js'
import { codeModule } from './code-module.js'
import { esbuild } from './esbuild.js'
import { type FunctionSource, type Given, locate } from './given.js'
import { define, keepPlaces } from './here.js'
import { CODE_NAME } from './names.js'
import type { Need } from './need.js'
import { Outside } from './outside.js'
import { resolveImports } from './resolve.js'

/** The user's module as one piece of JavaScript, which exports it as `module`. */
export interface Bundle {
  /** For people: `check-url.ts`, or `[-e]`. */
  readonly name: string
  /** The export to call. */
  readonly exportName: string
  readonly code: string
  /** Packages that it takes from the machine on which it runs; only of one that is made for machines. */
  readonly needs?: readonly Need[]
}

export interface BundleOptions {
  /** From which paths are meant, and code is resolved. */
  readonly cwd?: string
  /** It goes to other machines: nothing of this one's disk is named in it. */
  readonly isForMachines?: boolean
}

/** How packages are found. */
export const AS_NODE = {
  // Never the condition "module", which names files for bundlers that Node may not be able to load.
  conditions: process.features.require_module ? ['node-addons', 'module-sync'] : ['node-addons'],
  mainFields: ['main'],
  platform: 'node',
} as const satisfies BuildOptions

const OUT = resolve('/omakase/module.mjs')
const USER = 'omakase:user'

/**
 * Makes one ECMAScript module of the user's module and of all files that it imports, TypeScript or not. Packages are
 * not taken in but named by their absolute path. Stacks lead to the user's files, by a source map inside.
 *
 * @throws {BadUsage} where there is no such file, an import leads nowhere, or the syntax is wrong
 */
export async function bundle(
  source: FunctionSource,
  { cwd = process.cwd(), isForMachines = false }: BundleOptions = {},
): Promise<Bundle> {
  const given = locate(source, cwd)
  const outside = isForMachines ? new Outside() : undefined
  for (;;) {
    try {
      const made = await make(given, cwd, outside)
      if (!outside?.again()) return outside === undefined ? made : { ...made, needs: outside.needs }
    } catch (error) {
      if (!outside?.learn(error as BuildFailure, cwd)) throw buildProblem(error as BuildFailure, given, cwd)
    }
  }
}

async function make(given: Given, cwd: string, outside: Outside | undefined): Promise<Bundle> {
  const user: Plugin = {
    name: 'omakase',
    setup(build) {
      build.onResolve({ filter: /^omakase:user$/ }, () =>
        given.file === undefined ? { path: CODE_NAME, namespace: 'omakase' } : undefined,
      )
      if (given.expression !== undefined)
        codeModule(build, given.expression, given.folder, outside !== undefined)
      resolveImports(build, outside)
      keepPlaces(build, cwd, outside)
    },
  }
  const built: BuildResult<{ write: false }> = await esbuild().build({
    stdin: {
      contents: `import * as module from ${JSON.stringify(given.file ?? USER)}\nexport { module }`,
      resolveDir: given.folder,
      sourcefile: 'omakase.js',
    },
    absWorkingDir: cwd,
    bundle: true,
    write: false,
    outfile: OUT,
    format: 'esm',
    target: `node${process.versions.node}`,
    ...AS_NODE,
    define,
    sourcemap: 'external',
    sourcesContent: false,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [user],
  })
  const text = (ending: string) => built.outputFiles.find(({ path }) => path.endsWith(ending))!.text
  const { name, exportName, file } = given
  const from = file ?? resolve(cwd, CODE_NAME)
  const head = banner(outside === undefined ? from : relative(cwd, from), text('.mjs'), outside !== undefined)
  const code = `${head}${text('.mjs')}${sourceMap(text('.map'))}`
  return { name, exportName, code }
}

/** On the first line, before helpers of esbuild: the user's lines are further down, and do not move. */
function banner(file: string, code: string, isForMachines: boolean): string {
  const from = isForMachines
    ? `__omakase_at(${JSON.stringify(file)}).url`
    : JSON.stringify(pathToFileURL(file).href)
  let text = ''
  if (/\b__omakase_at\b/.test(code) || (isForMachines && /\b__require\b/.test(code))) text += AT
  if (/\b__require\b/.test(code)) text += `const require = __omakase_createRequire(${from}); `
  if (/\b__omakase_resolve\b/.test(code + text))
    text += `const __omakase_resolve = (to, from) => __omakase_isBuiltin(to) ? 'node:' + to.replace(/^node:/, '') : /^[a-z]+:/.test(to) ? to : __omakase_toURL(__omakase_createRequire(from).resolve(to)).href; `
  if (text === '') return ''
  return `import { createRequire as __omakase_createRequire, isBuiltin as __omakase_isBuiltin } from 'node:module'; import { pathToFileURL as __omakase_toURL } from 'node:url'; ${text}`
}

/** The place of a file on the machine: under the folder in which code runs there, as here under the one of the command. */
const AT = `import { dirname as __omakase_dirname, resolve as __omakase_join } from 'node:path'; const __omakase_at = file => { const filename = __omakase_join(file); const url = __omakase_toURL(filename).href; return { url, filename, dirname: __omakase_dirname(filename), resolve: to => __omakase_resolve(to, url) }; }; `

/** Sources by their absolute address, so that it does not matter where the bundle lies. */
function sourceMap(text: string): string {
  const map = JSON.parse(text)
  map.sources = map.sources.map((source: string) =>
    source.endsWith(CODE_NAME) ? CODE_NAME : pathToFileURL(resolve(dirname(OUT), source)).href,
  )
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`
}

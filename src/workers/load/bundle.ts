import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildFailure, type BuildResult, build, type Plugin } from 'esbuild'
import { buildProblem } from './build-problem.js'
import { codeModule } from './code-module.js'
import { type FunctionSource, locate } from './given.js'
import { define, keepPlaces } from './here.js'
import { CODE_NAME } from './names.js'
import { resolveImports } from './resolve.js'

/** The user's module as one piece of JavaScript, which exports it as `module`. */
export interface Bundle {
  /** For people: `check-url.ts`, or `[-e]`. */
  readonly name: string
  /** The export to call. */
  readonly exportName: string
  readonly code: string
}

const OUT = resolve('/omakase/module.mjs')
const USER = 'omakase:user'

/**
 * Makes one ECMAScript module of the user's module and of all files that it imports, TypeScript or not. Packages are
 * not taken in but named by their absolute path. Stacks lead to the user's files, by a source map inside.
 *
 * @throws {BadUsage} where there is no such file, an import leads nowhere, or the syntax is wrong
 */
export async function bundle(source: FunctionSource, { cwd = process.cwd() } = {}): Promise<Bundle> {
  const given = locate(source, cwd)
  const user: Plugin = {
    name: 'omakase',
    setup(build) {
      build.onResolve({ filter: /^omakase:user$/ }, () =>
        given.file === undefined ? { path: CODE_NAME, namespace: 'omakase' } : undefined,
      )
      if (given.expression !== undefined) codeModule(build, given.expression, given.folder)
      resolveImports(build)
      keepPlaces(build)
    },
  }
  let built: BuildResult<{ write: false }>
  try {
    built = await build({
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
      platform: 'node',
      target: `node${process.versions.node}`,
      // Never the condition "module", which names files for bundlers that Node may not be able to load.
      conditions: process.features.require_module ? ['node-addons', 'module-sync'] : ['node-addons'],
      mainFields: ['main'],
      define,
      sourcemap: 'external',
      sourcesContent: false,
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [user],
    })
  } catch (error) {
    throw buildProblem(error as BuildFailure, given, cwd)
  }
  const text = (ending: string) => built.outputFiles.find(({ path }) => path.endsWith(ending))!.text
  const { name, exportName, file } = given
  const code = `${banner(file ?? resolve(cwd, CODE_NAME), text('.mjs'))}${text('.mjs')}${sourceMap(text('.map'))}`
  return { name, exportName, code }
}

/** On the first line, before helpers of esbuild: the user's lines are further down, and do not move. */
function banner(file: string, code: string): string {
  const from = JSON.stringify(pathToFileURL(file).href)
  let text = ''
  if (/\b__require\b/.test(code)) text += `const require = __omakase_createRequire(${from}); `
  if (/\b__omakase_resolve\b/.test(code))
    text += `const __omakase_resolve = (to, from) => __omakase_isBuiltin(to) ? 'node:' + to.replace(/^node:/, '') : /^[a-z]+:/.test(to) ? to : __omakase_toURL(__omakase_createRequire(from).resolve(to)).href; `
  if (text === '') return ''
  return `import { createRequire as __omakase_createRequire, isBuiltin as __omakase_isBuiltin } from 'node:module'; import { pathToFileURL as __omakase_toURL } from 'node:url'; ${text}`
}

/** Sources by their absolute address, so that it does not matter where the bundle lies. */
function sourceMap(text: string): string {
  const map = JSON.parse(text)
  map.sources = map.sources.map((source: string) =>
    source.endsWith(CODE_NAME) ? CODE_NAME : pathToFileURL(resolve(dirname(OUT), source)).href,
  )
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`
}

import { join } from 'node:path'
import type { PluginBuild } from 'esbuild'
import { place, placeThere } from './here.js'
import { withPrefix } from './identity-map.js'
import { CODE_NAME } from './names.js'

/**
 * The module that code from the command line becomes: an expression that gives the function, or a whole module with
 * `export default`. Node's own modules are there by name, as in `node -e`.
 */
export function codeModule(build: PluginBuild, code: string, cwd: string, isForMachines = false): void {
  build.onResolve({ filter: /^omakase:builtins$/ }, ({ path }) => ({ path, namespace: 'omakase' }))
  build.onLoad({ filter: /^omakase:builtins$/, namespace: 'omakase' }, () => ({
    contents: BUILTINS,
    loader: 'js',
  }))
  build.onLoad({ filter: /./, namespace: 'omakase' }, () => {
    const here = isForMachines ? placeThere(join(cwd, CODE_NAME), cwd) : place(join(cwd, CODE_NAME))
    const before = `import 'omakase:builtins'; ${here} `
    const isModule = /\bexport\s+default\b/.test(code)
    const contents = isModule
      ? withPrefix(before, code, CODE_NAME)
      : withPrefix(`${before}export default (`, `${code.replace(/;\s*$/, '')}\n)`, CODE_NAME)
    return { contents, loader: 'ts', resolveDir: cwd }
  })
}

// As for `node -e`, `crypto` is Node's module, which holds all that the web's has.
const BUILTINS = `
for (const name of process.getBuiltinModule('module').builtinModules)
  if ((name === 'crypto' || !(name in globalThis)) && !/^_|\\//.test(name))
    Object.defineProperty(globalThis, name, { get: () => process.getBuiltinModule(name), configurable: true })
`

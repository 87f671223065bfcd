import { isBuiltin } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ImportKind, OnResolveArgs, OnResolveResult, PluginBuild } from 'esbuild'
import { isCommonJs } from './is-common-js.js'
import type { Outside } from './outside.js'

/** Marks the question that a plugin asks esbuild, so that it does not answer it itself. */
const ASKED = Symbol('asked')

/**
 * Where each import leads. The user's own files are bundled; packages stay where they are, under their absolute path,
 * so that addons and data beside them work and the bundle can lie anywhere; `omakase` is always this very package.
 *
 * A bundle that goes to other machines cannot name files of this one: packages are bundled too, but for those that stay
 * `outside`, which each machine has itself, as it has its own `omakase`.
 */
export function resolveImports(build: PluginBuild, outside?: Outside): void {
  build.onResolve({ filter: /.*/ }, async (args): Promise<OnResolveResult | undefined> => {
    if (args.pluginData === ASKED || args.kind === 'entry-point') return undefined
    if (isBuiltin(args.path)) return { path: args.path, external: true }
    if (/^omakase(\/|$)/.test(args.path)) return ourselves(args, outside)
    if (/^(data|https?):/.test(args.path)) return { path: args.path, external: true }
    return place(build, args, outside)
  })
}

function ourselves({ path, kind }: OnResolveArgs, outside: Outside | undefined): OnResolveResult {
  try {
    const here = native(fileURLToPath(import.meta.resolve(path)), kind)
    if (outside === undefined) return here
    return { path: outside.need({ specifier: path, by: howOf(kind) }), external: true }
  } catch {
    return { errors: [{ text: `omakase has no entry "${path}"; there are "omakase" and "omakase/map"` }] }
  }
}

async function place(
  build: PluginBuild,
  args: OnResolveArgs,
  outside: Outside | undefined,
): Promise<OnResolveResult | undefined> {
  const { kind, importer, namespace, resolveDir } = args
  const path = args.path.startsWith('file:') ? fileURLToPath(args.path) : args.path
  const found = await build.resolve(path, {
    kind,
    importer,
    namespace,
    resolveDir,
    with: args.with,
    pluginData: ASKED,
  })
  // Asked again by esbuild itself it is an error or, inside `try`, only a warning.
  if (found.errors.length > 0) return undefined
  if (found.external || found.namespace !== 'file') return found
  if (outside !== undefined) return far(found, args, path, outside)
  // From its own answer esbuild also knows the tsconfig.json; a file: URL it cannot read.
  if (!isNative(found.path, kind)) return path === args.path ? undefined : { path: found.path }
  return native(found.path, kind)
}

function far(
  found: { readonly path: string },
  args: OnResolveArgs,
  path: string,
  outside: Outside,
): OnResolveResult | undefined {
  if (/\.node$/.test(found.path) && !outside.keepOut(found.path)) {
    return {
      errors: [
        {
          text: `${args.path} is compiled for this machine: inputs travel, files do not; make it a package that each machine installs`,
        },
      ],
    }
  }
  const standIn = outside.standIn(found.path, args)
  if (standIn !== undefined) return { path: standIn, external: true }
  return path === args.path ? undefined : { path: found.path }
}

function howOf(kind: ImportKind): 'import' | 'require' {
  return kind === 'require-call' || kind === 'require-resolve' ? 'require' : 'import'
}

function isNative(file: string, kind: ImportKind): boolean {
  if (/\.node$/.test(file)) return true
  if (/[\\/]node_modules[\\/]/.test(file))
    return /\.[cm]?js$/.test(file) || (kind === 'require-call' && /\.json$/.test(file))
  return isCommonJs(file)
}

function native(file: string, kind: ImportKind): OnResolveResult {
  const path = howOf(kind) === 'require' ? file : pathToFileURL(file).href
  return { path, external: true }
}

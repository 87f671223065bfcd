import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { BuildFailure, OnResolveArgs } from 'esbuild'
import { type Need, packageOf, placeholder } from './need.js'

const FOLDER = `${sep}node_modules${sep}`

/** What brings a compiled addon along, or looks for one. */
const FOR_ADDONS =
  /^(bindings|nan|node-addon-api|node-gyp-build.*|prebuild-install|prebuildify|node-pre-gyp|@mapbox\/node-pre-gyp|@napi-rs\/.*)$/
const FOR_PLATFORM =
  /(^|[-/])(linux|darwin|win32|freebsd|android)(32|64)?[-/](x64|arm64|arm|ia32|ppc64|s390x|riscv64)/
/** Where addons lie. */
const ADDON_FOLDERS = ['.', 'build', 'build/Release', 'lib', 'dist', 'bin']

/** A package as it is installed. */
interface Installed {
  readonly name: string
  readonly folder: string
}

/**
 * Which packages are not taken into a bundle that goes to other machines: those with addons, those that look for files
 * beside themselves, and those that the bundler cannot do. Of some that is known only when it was tried.
 */
export class Outside {
  private readonly packages = new Map<string, boolean>()
  private readonly found = new Map<string, Need>()
  private hasGrown = false

  get needs(): Need[] {
    return [...this.found.values()]
  }

  /** True where the last try has found more of them, so that it counts for nothing. */
  again(): boolean {
    const { hasGrown } = this
    this.hasGrown = false
    if (hasGrown) this.found.clear()
    return hasGrown
  }

  /** It belongs to a package, and not to the user's own files. */
  isInstalled(file: string): boolean {
    return installedAt(file) !== undefined
  }

  /** Keeps the package of this file out; false where it is the user's own file. */
  keepOut(file: string): boolean {
    const installed = installedAt(file)
    if (installed === undefined) return false
    if (this.packages.get(installed.folder) !== true) this.hasGrown = true
    this.packages.set(installed.folder, true)
    return true
  }

  /** Keeps those out that have failed the build; false where all is the user's own fault. */
  learn({ errors = [] }: Partial<BuildFailure>, cwd: string): boolean {
    for (const { text, location } of errors) {
      const unreadable = /^No loader is configured for ".+?" files: (.+)$/.exec(text)?.[1]
      const file = unreadable ?? location?.file
      if (file === undefined || !this.keepOut(resolve(cwd, file))) return false
    }
    return this.again()
  }

  /** What stands for an import that leads to this file; `undefined` where it is taken in. */
  standIn(file: string, { path, kind, importer }: OnResolveArgs): string | undefined {
    const installed = installedAt(file)
    if (installed === undefined) return undefined
    const { name, folder } = installed
    let isOut = this.packages.get(folder)
    if (isOut === undefined) {
      isOut = hasAddon(folder)
      this.packages.set(folder, isOut)
    }
    if (!isOut) return undefined
    const inside = relative(folder, file).split(sep).join('/')
    const specifier = packageOf(path) === name ? path : `${name}/${inside}`
    return this.need({
      specifier,
      by: kind.startsWith('require') ? 'require' : 'import',
      ...(isOptionalFor(importer, name) && { isOptional: true }),
    })
  }

  need(need: Need): string {
    const text = placeholder(need)
    const before = this.found.get(text)
    // One who cannot do without is enough.
    if (before === undefined || before.isOptional) this.found.set(text, need)
    return text
  }
}

function installedAt(file: string): Installed | undefined {
  const at = file.lastIndexOf(FOLDER)
  if (at < 0) return undefined
  const inside = at + FOLDER.length
  const name = packageOf(file.slice(inside).split(sep).join('/'))
  return { name, folder: file.slice(0, inside + name.length) }
}

function hasAddon(folder: string): boolean {
  if (existsSync(join(folder, 'binding.gyp')) || existsSync(join(folder, 'prebuilds'))) return true
  const { gypfile, binary, napi, dependencies, optionalDependencies } = described(folder)
  if (gypfile || binary || napi) return true
  const all = { ...dependencies, ...optionalDependencies }
  if (Object.keys(all).some(name => FOR_ADDONS.test(name) || FOR_PLATFORM.test(name))) return true
  return ADDON_FOLDERS.some(inside => namesIn(join(folder, inside)).some(name => name.endsWith('.node')))
}

function isOptionalFor(importer: string, name: string): boolean {
  const asking = installedAt(importer)
  if (asking === undefined) return false
  const { optionalDependencies = {}, peerDependenciesMeta = {} } = described(asking.folder)
  return name in optionalDependencies || peerDependenciesMeta[name]?.optional === true
}

interface Description {
  readonly gypfile?: unknown
  readonly binary?: unknown
  readonly napi?: unknown
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>
}

function described(folder: string): Description {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return {}
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

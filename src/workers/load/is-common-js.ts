import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { Script } from 'node:vm'

/**
 * Whether a JavaScript file is CommonJS, as Node sees it: by its ending, by the nearest package.json, and where that says
 * nothing by trying. Such a file is loaded by Node itself, so that `require` and all around it are the real ones.
 */
export function isCommonJs(file: string): boolean {
  switch (extname(file)) {
    case '.cjs':
      return true
    case '.js': {
      const type = packageType(dirname(file))
      return type === undefined ? compiles(readFileSync(file, 'utf8'), file) : type === 'commonjs'
    }
    default:
      return false
  }
}

function packageType(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json')
    if (existsSync(file)) {
      try {
        return JSON.parse(readFileSync(file, 'utf8')).type
      } catch {
        return undefined
      }
    }
    if (dirname(at) === at) return undefined
  }
}

function compiles(source: string, filename: string): boolean {
  try {
    new Script(
      `(function (exports, require, module, __filename, __dirname) {${source.replace(/^#!.*/, '')}\n})`,
      { filename },
    )
    return true
  } catch {
    return false
  }
}

import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A folder for programs, inside the package, so that `omakase` is itself; empty. */
export function folderFor(what: string): string {
  const folder = join(root, 'build', 'docs', what)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

/**
 * Compiles the programs of a folder, by file name, strictly; gives what the compiler says, by file name. What has
 * errors is there to run all the same.
 */
export async function compile(
  folder: string,
  programs: ReadonlyMap<string, string>,
): Promise<Map<string, string[]>> {
  for (const [file, code] of programs) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    // A program without imports is one by itself all the same.
    writeFileSync(join(folder, file), /^(import|export) /m.test(code) ? code : `${code}export {}\n`)
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG))
  const said = await new Promise<string>(resolve => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    execFile(process.execPath, [compiler, '-p', '.'], { cwd: folder }, (_error, stdout) => resolve(stdout))
  })
  const errors = new Map<string, string[]>()
  for (const [, file, message] of said.matchAll(/^(\S.*?)(\(\d+,\d+\): error .*(?:\n .*)*)/gm))
    errors.set(file!, [...(errors.get(file!) ?? []), message!])
  if (errors.size === 0 && said.trim() !== '') throw new Error(said)
  return errors
}

const CONFIG = {
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    sourceMap: true,
    skipLibCheck: true,
  },
  include: ['**/*.ts'],
}

import { transform } from 'esbuild'
import { API } from '../house/api.js'

const TYPES = ['Body', 'Co', 'Exit', 'Receiver', 'Scope', 'Sender', 'Task']

/** A program of a few lines: what they use is imported, and they stand in a task unless they `await`, or are a `main`. */
export async function programOf(lines: string, entry: keyof typeof API = 'omakase'): Promise<string> {
  const imports = lines.match(/^import .*$/gm) ?? []
  const code = lines.replaceAll(/^import .*\n/gm, '').trim()
  const task = `await run(function* () {\n${code}\n})`
  const isProgram = /^main\(/m.test(code) || !(await isModule(task))
  const program = isProgram ? code : task
  const isFree = (name: string) =>
    new RegExp(`(?<![.'"\`#\\w])${name}\\b(?!:)`).test(program) &&
    !new RegExp(`(?:const|let|class|function\\*?|type) ${name}\\b`).test(program) &&
    !imports.some(line => new RegExp(`\\b${name}\\b`).test(line))
  const own = entry === 'omakase' ? [] : API[entry].filter(isFree)
  const core = API.omakase.filter(name => isFree(name) && !own.includes(name))
  const types = TYPES.filter(isFree).map(name => `type ${name}`)
  return [
    `import assert from 'node:assert/strict'`,
    `import { ${[...core, ...types].join(', ')} } from 'omakase'`,
    ...(own.length > 0 ? [`import { ${own.join(', ')} } from '${entry}'`] : []),
    ...imports,
    program,
    '',
  ].join('\n')
}

/** What awaits by itself is no part of a generator function. */
async function isModule(code: string): Promise<boolean> {
  try {
    await transform(`${code}\nexport {}`, { loader: 'ts', format: 'esm', logLevel: 'silent' })
    return true
  } catch {
    return false
  }
}

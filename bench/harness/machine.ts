import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem, type } from 'node:os'

/** What the figures depend on beside the code. */
export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.version,
    v8: process.versions.v8,
  }
}

/** The versions that are installed of the packages in bench/package.json. */
export function versions(): { [name: string]: string } {
  const bench = new URL('../../', import.meta.url)
  const { dependencies } = readJson(new URL('package.json', bench))
  return Object.fromEntries(
    Object.keys(dependencies).map(name => [
      name,
      readJson(new URL(`node_modules/${name}/package.json`, bench)).version,
    ]),
  )
}

function readJson(url: URL) {
  return JSON.parse(readFileSync(url, 'utf8'))
}

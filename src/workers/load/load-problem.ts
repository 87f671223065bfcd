import { BadUsage } from '../bad-usage.js'
import type { ErrorRecord, LoadError } from '../internal.js'
import { showBytes } from '../show-bytes.js'
import type { Bundle } from './bundle.js'
import { CODE_NAME } from './names.js'
import { nearest } from './nearest.js'

/** What a worker found wrong with a module, in one line that says what to write instead; a stack is shown below. */
export function loadProblem({ name, exportName }: Bundle, { problem }: LoadError): BadUsage {
  const { stage, error, exports, found } = problem
  if (stage === 'memory') {
    const { rss = 0, memory = 0 } = problem
    return new BadUsage(
      `memory: ${showBytes(memory)} is too little: a worker has ${showBytes(rss)} when it has loaded ${name}; give at least twice that`,
    )
  }
  if (stage === 'import')
    return new BadUsage(`${name} threw while it loaded: ${told(error!)}${elsewhere(error!)}`)
  if (stage === 'setup') return new BadUsage(`setup() of ${name} failed: ${told(error!)}${elsewhere(error!)}`)
  if (name === CODE_NAME)
    return new BadUsage(
      `-e gave ${found ?? 'nothing'}, not a function; write one, such as -e 'line => line.length'`,
    )
  const callable = exports.filter(other => other !== 'default' && !RESERVED.has(other))
  if (stage === 'missing')
    return new BadUsage(
      `${name} has no ${shown(exportName)}; ${instead(name, exportName, exports, callable)}`,
    )
  const rest =
    found === 'a class'
      ? '; export a function that makes one: input => new …'
      : '; export a function: export default async input => …'
  return new BadUsage(`the ${shown(exportName)} of ${name} is ${found}, not a function${rest}`)
}

/** Exports that mean something else than a function to call. */
const RESERVED = new Set(['setup', 'teardown', 'options', '__esModule', 'module.exports'])

function shown(exportName: string): string {
  return exportName === 'default' ? 'default export' : `export "${exportName}"`
}

function instead(
  name: string,
  exportName: string,
  exports: readonly string[],
  callable: readonly string[],
): string {
  const close = nearest(exportName, callable)
  if (close !== undefined) return `did you mean ${name}#${close}?`
  if (callable.length > 0)
    return `it exports ${callable.join(', ')}; write ${name}#${callable[0]}, or export default the function`
  if (exportName !== 'default' && exports.includes('default')) return `it has a default export; write ${name}`
  return 'it exports no function; write: export default async input => …'
}

function told({ name, message, stack }: ErrorRecord): string {
  const line = `${name}: ${message}`.replace(/\s*\n[\s\S]*/, ' …')
  const frames = stack?.split('\n').filter(text => /^\s+at /.test(text)) ?? []
  return [line, ...frames].join('\n')
}

/** What only the first thread of a process may do: an addon that is not made for several says no more than this. */
const NOT_IN_THREADS = /is not supported in workers|did not self-register/

function elsewhere({ message }: ErrorRecord): string {
  if (!NOT_IN_THREADS.test(message)) return ''
  return '\na thread cannot do that, and a process can: leave --on threads (on: threads, isolate: false) out'
}

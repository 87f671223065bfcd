import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
export const folder = join(root, 'examples/slides')

export interface Program {
  /** Its path in the folder, without `.ts`. */
  readonly name: string
  /** The transcript at its end. */
  readonly prints: string
  /** What debug mode reports, where it has something to report. */
  readonly reports: string
}

/** What they show is the event loop itself, which has to turn for it; the times are those of some run. */
export const ON_THE_REAL_CLOCK: ReadonlySet<string> = new Set(['loop/idle', 'loop/starvation'])

/** Every program that says what it prints. */
export function programs(): Program[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => {
      const text = readFileSync(join(folder, file), 'utf8')
      return {
        name: file.slice(0, -3).split(sep).join('/'),
        prints: comment(text, 'Prints:'),
        reports: comment(text, 'With OMAKASE_DEBUG=1 it says as well:'),
      }
    })
    .filter(({ prints }) => prints !== '')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The lines of the comment that begins so. */
function comment(text: string, begins: string): string {
  const [, lines = ''] = new RegExp(`^// ${begins}\\n((?://.*\\n)+)`, 'm').exec(text) ?? []
  return lines.replace(/^\/\/ {0,3}/gm, '')
}

/** What a program prints, on the real clock or on one that jumps. */
export async function output(
  name: string,
  clock: 'real' | 'virtual',
  env: NodeJS.ProcessEnv = {},
): Promise<{ stdout: string; stderr: string }> {
  const virtualTime = ['--import', new URL('virtual-time.js', import.meta.url).href]
  const file = join(root, 'build/examples/slides', `${name}.js`)
  const args = [...(clock === 'virtual' ? virtualTime : []), file]
  return promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...env } })
}

/** A transcript without its times. */
export function order(text: string): string {
  return text.replace(/^\d+\.\d{3} /gm, '')
}

/** Reports without what depends on the machine: where the project lies, which steps are slow, and how slow. */
export function anywhere(reports: string): string {
  return reports
    .replaceAll(root, '')
    .replace(/^omakase: Executing "(?!anything\().*\n/gm, '')
    .replace(/\d+\.\d{3} seconds/g, '… seconds')
}

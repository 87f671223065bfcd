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
}

/** Every program that says what it prints. */
export function programs(): Program[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => ({ name: file.slice(0, -3).split(sep).join('/'), prints: transcript(join(folder, file)) }))
    .filter(({ prints }) => prints !== '')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function transcript(file: string): string {
  const [, text = ''] = /^\/\/ Prints:\n((?:\/\/.*\n)+)$/m.exec(readFileSync(file, 'utf8')) ?? []
  return text.replace(/^\/\/ {0,3}/gm, '')
}

/** What a program prints, on the real clock or on one that jumps. */
export async function output(name: string, clock: 'real' | 'virtual'): Promise<string> {
  const virtualTime = ['--import', new URL('virtual-time.js', import.meta.url).href]
  const file = join(root, 'build/examples/slides', `${name}.js`)
  const args = [...(clock === 'virtual' ? virtualTime : []), file]
  return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout
}

/** A transcript without its times. */
export function order(text: string): string {
  return text.replace(/^\d+\.\d{3} /gm, '')
}

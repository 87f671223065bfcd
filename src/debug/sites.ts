import type { Position } from './source-map.js'

/** The folder of the runtime, whose frames are nobody's concern; none where it was bundled with other code. */
const here: string = import.meta.url
const INSIDE = here.endsWith('/debug/sites.js') ? here.slice(0, -'debug/sites.js'.length) : '\0'

export function isInside(file: string): boolean {
  return file.startsWith(INSIDE) || file.startsWith('node:')
}

export function show({ file, line, column }: Position): string {
  return `${file.startsWith('file://') && !file.includes('%') ? file.slice('file://'.length) : file}:${line}:${column}`
}

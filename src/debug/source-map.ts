import { builtin } from './platform.js'

/** A place in a file, from 1 on. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The part of Node's own reader of source maps that is needed. */
interface SourceMap {
  findEntry(
    line: number,
    column: number,
  ): {
    originalSource?: string
    originalLine?: number
    originalColumn?: number
  }
}

interface ModuleApi {
  readonly SourceMap: new (payload: never) => SourceMap
  findSourceMap(file: string): SourceMap | undefined
}

const known = new Map<string, { readonly map: SourceMap; readonly base: string } | undefined>()

/** The place in the file that was written by hand, where the one that runs was made from it. */
export function original(position: Position): Position {
  const { file } = position
  if (!known.has(file)) known.set(file, load(file))
  const found = known.get(file)
  const entry = found?.map.findEntry(position.line - 1, position.column - 1)
  if (found === undefined || entry?.originalSource === undefined) return position
  const { href } = new URL(entry.originalSource, found.base)
  return { file: href, line: entry.originalLine! + 1, column: entry.originalColumn! + 1 }
}

function load(file: string): { map: SourceMap; base: string } | undefined {
  const api = builtin<ModuleApi>('module')
  if (api === undefined || !file.startsWith('file:')) return undefined
  try {
    const path = builtin<typeof import('node:url')>('url')!.fileURLToPath(file)
    // What the platform follows by itself, such as the loader of a compiler that keeps its maps in memory.
    const loaded = api.findSourceMap(file) ?? api.findSourceMap(path)
    if (loaded !== undefined) return { map: loaded, base: file }
    const fs = builtin<typeof import('node:fs')>('fs')!
    const url = [...fs.readFileSync(path, 'utf8').matchAll(/^\/\/[#@] ?sourceMappingURL=(\S+)\s*$/gm)].at(
      -1,
    )?.[1]
    if (url === undefined) return undefined
    const inline = /^data:[^,]*;base64,(.*)$/.exec(url)?.[1]
    const base = inline === undefined ? new URL(url, file).href : file
    const text =
      inline === undefined ? fs.readFileSync(new URL(base), 'utf8') : Buffer.from(inline, 'base64').toString()
    return { map: new api.SourceMap(JSON.parse(text) as never), base }
  } catch {
    // A map that is not there, or is none: the place that runs is better than nothing.
    return undefined
  }
}

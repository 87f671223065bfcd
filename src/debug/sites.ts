import { original, type Position } from './source-map.js'

/** Where something was made. Plain data, which keeps nothing alive. */
export interface Site {
  /** The user's frames, innermost first, as they ran. */
  readonly frames: readonly Place[]
  /** The function of the runtime that they called. */
  readonly via: string | null
  /** None of the runtime's frames stands above them. */
  readonly isDirect: boolean
}

export interface Place extends Position {
  readonly name: string | null
  /** Where the function begins, as far as the platform tells. */
  readonly from: { readonly line: number; readonly column: number } | null
}

/** How many frames are looked at: those of the runtime stand above the user's. */
const DEPTH = 30
const MOST_KEPT = 3

/** The folder of the runtime, whose frames are nobody's concern; none where it was bundled with other code. */
const here: string = import.meta.url
const INSIDE = here.endsWith('/debug/sites.js') ? here.slice(0, -'debug/sites.js'.length) : '\0'

/** The user's frames that are on the native stack now, seen from the caller of `below`. */
export function capture(below: (...args: any[]) => unknown = capture): Site {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = DEPTH
  const holder: { stack?: string } = {}
  Error.captureStackTrace?.(holder, below)
  Error.stackTraceLimit = stackTraceLimit
  return siteOf(holder)
}

/** Those that were on it when something was made whose stack nobody has looked at yet. */
export function siteOf(holder: { readonly stack?: string }): Site {
  const { prepareStackTrace } = Error
  // The raw ones: the platform may follow source maps when it writes a stack, and then they would be followed twice.
  Error.prepareStackTrace = (_error, calls) => siteIn(calls)
  try {
    const site: unknown = holder.stack
    return typeof site === 'object' ? (site as Site) : { frames: [], via: null, isDirect: false }
  } finally {
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    else Error.prepareStackTrace = prepareStackTrace
  }
}

function siteIn(calls: NodeJS.CallSite[]): Site {
  const frames: Place[] = []
  let via: string | null = null
  let isDirect = true
  for (const call of calls) {
    const place = placeOf(call)
    if (place !== null && frames.push(place) === MOST_KEPT) break
    if (frames.length > 0) continue
    via = call.getFunctionName() ?? via
    isDirect = false
  }
  return { frames, via, isDirect }
}

/** Newer than the types. */
interface Enclosing {
  getEnclosingLineNumber?(): number | null
  getEnclosingColumnNumber?(): number | null
}

function placeOf(call: NodeJS.CallSite & Enclosing): Place | null {
  const path = call.getFileName()
  const line = call.getLineNumber()
  const file = path?.startsWith('/') ? `file://${path}` : path
  if (!file || !line || isInside(file)) return null
  const from = call.getEnclosingLineNumber?.()
  return {
    file,
    line,
    column: call.getColumnNumber() ?? 1,
    name: nameOf(call),
    from: from ? { line: from, column: call.getEnclosingColumnNumber?.() ?? 1 } : null,
  }
}

/** One with a dot was made up by V8, out of whatever stands near a function without a name. */
function nameOf(call: NodeJS.CallSite): string | null {
  const name = call.getFunctionName()
  return name?.includes('.') ? null : name
}

export function isInside(file: string): boolean {
  return file.startsWith(INSIDE) || file.startsWith('node:')
}

/** The line in the file that was written by hand; `undefined` where none is known. */
export function lineOf(site: Site | undefined): string | undefined {
  const place = site?.frames[0]
  return place && show(original(place))
}

/** As a frame of a stack. */
export function frameOf(site: Site | undefined): string | undefined {
  const line = lineOf(site)
  const name = site?.frames[0]?.name
  return line === undefined || !name ? line : `${name} (${line})`
}

export function show({ file, line, column }: Position): string {
  return `${file.startsWith('file://') && !file.includes('%') ? file.slice('file://'.length) : file}:${line}:${column}`
}

import { type CoFrame, MADE_BY, type TaskImpl, UNWINDING } from '../../core/internal.js'
import { at, report } from '../report.js'
import { frameOf, lineOf, type Place, type Site } from '../sites.js'
import { finallyBlocks } from './finally-blocks.js'

/** Lines and frames of which it has been told. */
const told = new Set<string>()
const swallowers = new WeakSet<CoFrame>()

/** A cancellation cuts the frame that stands here: in a `finally` that it had entered by itself? */
export function reportCut(frame: CoFrame | null, site: Site): void {
  if (frame === null || site.frames[0] === undefined || isInFinally(frame, site.frames[0]) !== true) return
  const line = frameOf(site)!
  if (told.has(line)) return
  told.add(line)
  report(
    `a cancellation cut a \`finally\` short at ${line}; cleanup that suspends belongs in use, defer, within or shield`,
  )
}

/** It waits again after it was asked to return: outside of its `finally` blocks, it has gone on instead. */
export function reportGoingOn(frame: CoFrame, task: TaskImpl, site: Site): void {
  if (
    frame.state !== UNWINDING ||
    site.frames[0] === undefined ||
    isInFinally(frame, site.frames[0]) !== false
  )
    return
  swallowed(frame, task, lineOf(site))
}

export function reportSwallowed(frame: CoFrame, task: TaskImpl): void {
  swallowed(frame, task, undefined)
}

function swallowed(frame: CoFrame, task: TaskImpl, line: string | undefined): void {
  if (swallowers.has(frame)) return
  swallowers.add(frame)
  report(
    `${nameIn(frame, task)} swallowed a cancellation with \`finally { continue | break | return }\`${at('going on', line)}; its callers are unwound all the same`,
  )
}

function nameIn({ name }: CoFrame, task: TaskImpl): string {
  const isTask = name === 'a coroutine' || name === task.name
  return isTask ? `task "${task.name}"` : `"${name}" in task "${task.name}"`
}

/** Whether the place stands in a `finally` block of the frame's function; `undefined` where that cannot be told. */
function isInFinally(frame: CoFrame, place: Place): boolean | undefined {
  const fn = sourceOf(frame)
  if (fn === undefined || place.from === null) return undefined
  const source = Function.prototype.toString.call(fn)
  if (!source.includes('finally')) return false
  const offset = offsetIn(source, place)
  if (offset === undefined) return undefined
  return finallyBlocks(source).some(({ from, to }) => from <= offset && offset < to)
}

function sourceOf(frame: CoFrame): object | undefined {
  return (frame.gen as { [MADE_BY]?: object } | null)?.[MADE_BY] ?? frame.maker ?? undefined
}

/** The function's text begins where V8 says that it does. */
function offsetIn(source: string, { line, column, from }: Place): number | undefined {
  const lines = source.split('\n')
  const nth = line - from!.line
  if (nth < 0 || nth >= lines.length) return undefined
  const before = lines.slice(0, nth).reduce((sum, each) => sum + each.length + 1, 0)
  return before + (nth === 0 ? column - from!.column : column - 1)
}

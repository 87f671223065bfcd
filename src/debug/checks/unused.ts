import type { Co } from '../../core/index.js'
import { CoFrame, Operation } from '../../core/internal.js'
import { at, report, reportAll } from '../report.js'
import { lineOf, type Site } from '../sites.js'

interface Made {
  readonly name: string
  readonly site: Site
}

/** What was made and has not been waited for. It does not keep it from being collected. */
const unused = new Set<Made>()

const known = new WeakMap<object, Made>()

const collected = new FinalizationRegistry<Made>(made => {
  if (unused.delete(made)) report(neverYieldedFrom(made))
})

/** Notes that it was made, until its state changes for the first time. */
export function watchUse(co: Co<unknown>, site: Site): void {
  // What the runtime makes for itself is none of the user's forgetting.
  if (site.frames.length === 0) return
  const made = { name: nameOf(co, site), site }
  unused.add(made)
  known.set(co, made)
  collected.register(co, made)
  const key = stateOf(co)
  Object.defineProperty(co, key, {
    configurable: true,
    enumerable: true,
    get: () => 0,
    set(value) {
      unused.delete(made)
      Object.defineProperty(this, key, { configurable: true, enumerable: true, writable: true, value })
    },
  })
}

export function reportUnused(): void {
  reportAll([...unused].map(neverYieldedFrom))
  unused.clear()
}

/** The field that changes when it is first waited for. */
function stateOf(co: Co<unknown>): string {
  return co instanceof CoFrame ? 'state' : co instanceof Operation ? 'phase' : 'stage'
}

export function isFresh(co: Co<unknown>): boolean {
  return (co as unknown as Record<string, unknown>)[stateOf(co)] === 0
}

/** Whoever has them now may do without some. */
export function forgive(bodies: readonly unknown[]): void {
  for (const body of bodies) if (typeof body === 'object') unused.delete(known.get(body as object)!)
}

function neverYieldedFrom({ name, site }: Made): string {
  return `coroutine ${name} was never yielded from${at('created', lineOf(site))}; write \`yield* …\``
}

function nameOf(co: Co<unknown>, { via }: Site): string {
  return co instanceof CoFrame ? `"${co.name}"` : `${via ?? 'an operation'}()`
}

import { at, report, reportAll } from '../report.js'
import { lineOf, type Site } from '../sites.js'

interface Open {
  readonly name: string
  readonly site: Site
}

const open = new Set<Open>()
let known = new WeakMap<object, Open>()

const collected = new FinalizationRegistry<Open>(what => {
  if (open.delete(what)) report(neverClosed(what))
})

export function watchClosing(what: object, name: string, site: Site): void {
  if (site.frames.length === 0) return
  const entry = { name, site }
  open.add(entry)
  known.set(what, entry)
  collected.register(what, entry)
}

export function hasClosed(what: object): void {
  const entry = known.get(what)
  if (entry !== undefined) open.delete(entry)
}

export function reportUnclosed(): void {
  reportAll([...open].map(neverClosed))
  open.clear()
  known = new WeakMap()
}

function neverClosed({ name, site }: Open): string {
  return `${name} was never closed${at('created', lineOf(site))}; close() it, or write use(…, it => it.close())`
}

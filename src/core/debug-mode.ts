/** Debug mode lives in a folder that core does not know; the entry tells how it is loaded. */
let load: (() => Promise<unknown>) | undefined
/** While it is loaded, roots wait, so that nothing escapes it. */
let loading: Promise<unknown> | undefined

export function provideDebugMode(how: () => Promise<unknown>): void {
  load = how
}

export function turnOnDebugMode(): void {
  loading ??= load?.()
    .catch(error => console.error('debug mode could not be loaded:', error))
    .then(() => {
      load = loading = undefined
    })
}

/** Calls the function now, or when debug mode has been loaded. */
export function whenLoaded(fn: () => void): void {
  if (loading === undefined) fn()
  else void loading.then(fn)
}

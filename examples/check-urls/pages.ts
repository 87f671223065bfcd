/** What a page of the site does; only its number decides. */
export type Page =
  | { readonly kind: 'ok'; readonly ms: number }
  | { readonly kind: 'moved'; readonly ms: number }
  | { readonly kind: 'missing'; readonly ms: number }
  /** Answers the first request with 429 and Retry-After: 1. */
  | { readonly kind: 'busy'; readonly ms: number }
  /** Never answers. */
  | { readonly kind: 'hangs' }

export const PAGES = 1000

export function pageOf(number: number): Page {
  if (number % 250 === 113) return { kind: 'hangs' }
  const ms = delayOf(number)
  if (number % 100 === 29) return { kind: 'busy', ms }
  if (number % 25 === 11) return { kind: 'moved', ms }
  if (number % 20 === 5) return { kind: 'missing', ms }
  return { kind: 'ok', ms }
}

/** From 5 to 200 ms: most pages are quick, and neighbours differ. */
function delayOf(number: number): number {
  const spread = ((number * 7919) % PAGES) / PAGES
  return Math.round(5 + 195 * spread ** 2)
}

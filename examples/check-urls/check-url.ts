import type { Context } from 'omakase/map'

/** The status of a page, redirects followed. A page that asks for patience is tried again, when it has said. */
export default async function checkUrl(url: string, { signal }: Context): Promise<number> {
  const response = await fetch(url, { signal })
  // A body that has been read leaves its connection to the next page.
  await response.arrayBuffer()
  if (response.status === 429) throw new TooManyRequests(url, response.headers.get('retry-after'))
  return response.status
}

class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests'
  readonly status = 429
  readonly retryAfter: number | undefined

  constructor(url: string, retryAfter: string | null) {
    super(`${url} wants fewer requests`)
    this.retryAfter = retryAfter === null ? undefined : Number(retryAfter)
  }
}

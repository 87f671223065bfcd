import { all, type Co, co, wait } from 'omakase'
import type { Status } from './callbacks.js'

/** With coroutines: no bookkeeping. Cancelled, it closes every connection, and has ended when that is done. */
export function checkAll(urls: readonly string[], limit: number): Co<Status[]> {
  return all(pages(urls), { concurrency: limit })
}

function* pages(urls: readonly string[]) {
  for (const url of urls) yield check(url)
}

const check = co(function* (url: string): Generator<any, Status> {
  try {
    return yield* wait(async signal => {
      const response = await fetch(url, { signal })
      await response.text()
      return response.status
    })
  } catch {
    return 'no answer'
  }
})

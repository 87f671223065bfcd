import type { Status } from './callbacks.js'

/** With promises: each of `limit` chains takes the next page when its last one has been answered. */
export function checkAll(urls: readonly string[], limit: number): Promise<Status[]> {
  const statuses: Status[] = new Array(urls.length)
  const left = urls.entries()

  function next(): Promise<void> {
    const { done, value } = left.next()
    if (done) return Promise.resolve()
    const [index, url] = value
    return check(url)
      .then(status => {
        statuses[index] = status
      })
      .then(next)
  }

  return Promise.all(Array.from({ length: limit }, next)).then(() => statuses)
}

function check(url: string): Promise<Status> {
  return fetch(url)
    .then(response => response.text().then(() => response.status))
    .catch(() => 'no answer')
}

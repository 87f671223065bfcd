import { get } from 'node:http'

/** What became of a page. */
export type Status = number | 'no answer'

/** With callbacks: whoever has ended starts the next, and counts. Nothing can stop it from outside. */
export function checkAll(
  urls: readonly string[],
  limit: number,
  done: (statuses: readonly Status[]) => void,
): void {
  const statuses: Status[] = new Array(urls.length)
  let begun = 0
  let ended = 0

  function next(): void {
    if (begun === urls.length) return
    const index = begun++
    check(urls[index]!, status => {
      statuses[index] = status
      if (++ended === urls.length) done(statuses)
      else next()
    })
  }

  if (urls.length === 0) done(statuses)
  for (let i = 0; i < limit; i++) next()
}

function check(url: string, done: (status: Status) => void): void {
  get(url, response => {
    response.resume()
    response.on('end', () => done(response.statusCode!))
  }).on('error', () => done('no answer'))
}

import type { Status } from './callbacks.js'

/** With async and await: the same as loops. Where one throws, the others go on, and nobody waits for them. */
export async function checkAll(urls: readonly string[], limit: number): Promise<Status[]> {
  const statuses: Status[] = new Array(urls.length)
  const left = urls.entries()

  async function worker(): Promise<void> {
    for (const [index, url] of left) statuses[index] = await check(url)
  }

  await Promise.all(Array.from({ length: limit }, worker))
  return statuses
}

export async function check(url: string): Promise<Status> {
  try {
    const response = await fetch(url)
    await response.text()
    return response.status
  } catch {
    return 'no answer'
  }
}

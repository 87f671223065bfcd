import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** The status of a page the plain way: no fetch, no omakase. `TimeoutError` where it does not answer in time. */
export async function plainCheck(url: string, timeout: number): Promise<number | string> {
  for (;;) {
    const { status, headers } = await request(url, timeout)
    if (status === 301) return plainCheck(new URL(headers.location!, url).href, timeout)
    if (status !== 429) return status ?? 'TimeoutError'
    await sleep(Number(headers['retry-after']) * 1000)
  }
}

interface Answer {
  readonly status: number | undefined
  readonly headers: { readonly [name: string]: string | undefined }
}

function request(url: string, timeout: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: false, timeout }, response => {
      response.resume()
      resolve({ status: response.statusCode, headers: response.headers as Answer['headers'] })
    })
    asked.on('timeout', () => {
      resolve({ status: undefined, headers: {} })
      asked.destroy()
    })
    asked.on('error', reject)
  })
}

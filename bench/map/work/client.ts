import { map } from 'omakase/map'
import pMap from 'p-map'
import status from './status.js'

// client ADDRESS N WHO [CONCURRENCY]: makes the requests and prints how many milliseconds that took.
const [address, n, who, concurrency] = process.argv.slice(2)
const urls = Array.from({ length: Number(n) }, (_, i) => `${address}/${i}`)

const jobs: { readonly [who: string]: () => PromiseLike<number[]> } = {
  'p-map': () => pMap(urls, status, { concurrency: Number(concurrency) }),
  closure: () => map(urls, status).outputs(),
  module: () => map<number, string>(urls, new URL('./status.js', import.meta.url)).outputs(),
}

const start = performance.now()
const statuses = await jobs[who!]!()
const ms = performance.now() - start
if (statuses.length !== urls.length || statuses.some(status => status !== 200))
  throw new Error('not all are 200')
process.stdout.write(String(ms))
process.exit()

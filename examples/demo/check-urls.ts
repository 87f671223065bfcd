import { join } from 'node:path'
import { PAGES, pageOf } from '../check-urls/pages.js'
import { omakase } from './command.js'
import { compare } from './compare.js'
import { count, readResults } from './results.js'
import { startSite } from './site.js'

/** Checks the site's 1,000 pages, and that each was found to be what it is. */
export async function checkUrls(folder: string): Promise<void> {
  const urls = join(folder, 'urls.txt')
  const statuses = join(folder, 'statuses.jsonl')
  const site = await startSite(urls)
  process.stdout.write(site.greeting)
  try {
    const code = await omakase(
      'map',
      'examples/check-urls/check-url.ts',
      urls,
      '--timeout',
      '2s',
      '--retries',
      '2',
      '-o',
      statuses,
      '--force',
    )
    compare('the exit code (4 pages never answer)', code, 1)
    const results = readResults<number>(statuses)
    compare('pages', new Set(results.map(({ input }) => input)).size, PAGES)
    compare(
      'statuses',
      count(results.map(({ output, error }) => output ?? error!.name)),
      count(Array.from({ length: PAGES }, (_, number) => expected(number))),
    )
  } finally {
    site.process.kill()
  }
  process.stdout.write(`the results lie in ${statuses}\n`)
}

function expected(number: number): number | string {
  const { kind } = pageOf(number)
  return kind === 'hangs' ? 'TimeoutError' : kind === 'missing' ? 404 : 200
}

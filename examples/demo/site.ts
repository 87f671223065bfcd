import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Site {
  /** What it says of itself. */
  readonly greeting: string
  readonly process: ChildProcess
}

/** The site of examples/check-urls, in a process of its own; it serves, and its pages are listed in the file. */
export async function startSite(urls: string): Promise<Site> {
  const file = fileURLToPath(new URL('../check-urls/site.js', import.meta.url))
  const site = fork(file, [urls], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const [line] = await Promise.race([
    once(site.stdout!, 'data'),
    once(site, 'exit').then(([code]) => {
      throw new Error(`the site ended with ${code}`)
    }),
  ])
  return { greeting: String(line), process: site }
}

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Contestant, Row } from '../harness/row.js'

const atConcurrency = (concurrency: number) => `p-map, ${concurrency} at once`

/** Each time in a fresh process, against a server in a process of its own: nobody knows anything beforehand. */
export function requestsRow(
  name: string,
  n: number,
  sweep: readonly number[],
  { ratio, rounds }: { readonly ratio: number; readonly rounds?: number },
): Row {
  return {
    name,
    job: `${n.toLocaleString('en')} requests of 100 ms, started cold`,
    unit: 'ms',
    baseline: sweep.map(atConcurrency),
    limit: { of: ['omakase, a closure', 'omakase, a module'], ratio },
    ...(rounds !== undefined && { rounds }),
    contestants: {
      ...Object.fromEntries(sweep.map(at => [atConcurrency(at), client(n, 'p-map', at)])),
      'omakase, a closure': client(n, 'closure'),
      'omakase, a module': client(n, 'module'),
    },
  }
}

export const requests = requestsRow('requests', 1000, [50, 100, 200, 300, 500, 1000], { ratio: 1.3 })

function client(n: number, who: string, concurrency?: number): Contestant {
  return async () => {
    const file = fileURLToPath(new URL('./work/client.js', import.meta.url))
    const address = await serverAddress()
    const args = [file, address, String(n), who, ...(concurrency === undefined ? [] : [String(concurrency)])]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return Number(stdout)
  }
}

let address: Promise<string> | undefined

/** One server for all rounds. It ends with this process, which holds its standard input. */
function serverAddress(): Promise<string> {
  address ??= startServer()
  return address
}

async function startServer(): Promise<string> {
  const server = spawn(process.execPath, [fileURLToPath(new URL('./work/server.js', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  server.unref()
  for (const stream of [server.stdin, server.stdout]) (stream as unknown as { unref(): void }).unref()
  return `http://127.0.0.1:${line.toString().trim()}`
}

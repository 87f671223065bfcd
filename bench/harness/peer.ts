import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Contestant, NotInstalled } from './row.js'

/** Runtimes that are no packages of npm. Each is a program that does the jobs it is asked for by name. */
export type PeerName = 'asyncio' | 'uvloop' | 'trio' | 'gevent' | 'joblib' | 'Go'

/** Started once: the time that it takes to start is in no figure, and rounds stay interleaved. */
const running = new Map<PeerName, Promise<Peer>>()

/** Nanoseconds for each of `n`, timed by the peer itself. */
export function peer(name: PeerName, job: string, n: number): Contestant {
  return async () => ((await askPeer(name, job, n))[0]! * 1e9) / n
}

export async function askPeer(name: PeerName, job: string, n: number): Promise<readonly number[]> {
  let started = running.get(name)
  if (started === undefined) {
    started = start(name)
    running.set(name, started)
  }
  return (await started).ask(job, n)
}

/** What a peer answers that is started for this alone. */
export async function askFresh(
  name: PeerName,
  job: string,
  ...numbers: number[]
): Promise<readonly number[]> {
  const peer = await start(name)
  try {
    return await peer.ask(job, ...numbers)
  } finally {
    peer.end()
  }
}

/** Of those that have been started. */
export async function peerVersions(): Promise<{ [name: string]: string }> {
  const started = await Promise.allSettled(running.values())
  return Object.fromEntries(
    started.flatMap((each, i) =>
      each.status === 'fulfilled' ? [[[...running.keys()][i]!, each.value.version]] : [],
    ),
  )
}

export async function endPeers(): Promise<void> {
  for (const started of await Promise.allSettled(running.values()))
    if (started.status === 'fulfilled') started.value.end()
}

interface Peer {
  readonly version: string
  ask(job: string, ...numbers: number[]): Promise<readonly number[]>
  end(): void
}

const PROGRAMS: {
  readonly [name in PeerName]: { readonly package: string; readonly command: () => string[] }
} = {
  asyncio: { package: 'python3', command: () => python('in_asyncio.py', 'asyncio') },
  uvloop: { package: 'python3-uvloop', command: () => python('in_asyncio.py', 'uvloop') },
  trio: { package: 'python3-trio', command: () => python('in_trio.py') },
  gevent: { package: 'python3-gevent', command: () => python('in_gevent.py') },
  joblib: { package: 'python3-joblib', command: () => python('in_joblib.py') },
  Go: { package: 'golang-go', command: () => [go()] },
}

/** The one that Debian's packages belong to, whatever else stands in the path. */
function python(file: string, ...options: string[]): string[] {
  return ['/usr/bin/python3', '-B', source(file), ...options]
}

let built: string | undefined

function go(): string {
  if (built !== undefined) return built
  if (spawnSync('go', ['version']).error) throw new NotInstalled(PROGRAMS.Go.package)
  const folder = fileURLToPath(new URL('../../build/peers/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  execFileSync('go', ['build', '-o', folder, source('in_go.go')], { stdio: ['ignore', 'inherit', 'inherit'] })
  built = `${folder}in_go`
  return built
}

function source(file: string): string {
  return fileURLToPath(new URL(`../../peers/${file}`, import.meta.url))
}

async function start(name: PeerName): Promise<Peer> {
  const [file, ...args] = PROGRAMS[name].command()
  const child = spawn(file!, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, GOMAXPROCS: '1' },
  })
  const failed = new Promise<never>((_, reject) => child.on('error', reject))
  failed.catch(() => {})
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { done, value } = await Promise.race([answers.next(), failed])
    if (done) throw new Error(`${name} has ended without an answer`)
    return value.split(' ')
  }
  let greeting: string[]
  try {
    greeting = await answer()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new NotInstalled(PROGRAMS[name].package)
  }
  if (greeting[0] === 'missing') throw new NotInstalled(PROGRAMS[name].package)
  return {
    version: greeting[1]!,
    async ask(job, ...numbers) {
      child.stdin.write(`${[job, ...numbers].join(' ')}\n`)
      const figures = (await answer()).map(Number)
      if (figures.some(Number.isNaN)) throw new Error(`${name} cannot do "${job}"`)
      return figures
    },
    end: () => child.stdin.end(),
  }
}

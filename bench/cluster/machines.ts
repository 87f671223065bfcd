import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { NotInstalled } from '../harness/row.js'

export const OMAKASE = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/** A Redis, and two supervisors with a process each: as many as this machine has processors. */
export interface Machines {
  readonly url: string
  readonly redis: Redis
}

const folder = mkdtempSync(join(tmpdir(), 'omakase-bench-'))
const children: ChildProcess[] = []
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

let server: Promise<Machines> | undefined
let both: Promise<Machines> | undefined

export function file(name: string): string {
  return join(folder, name)
}

/** The Redis alone. Started once, as the machines: what that takes is in no figure. */
export function engine(): Promise<Machines> {
  server ??= startRedis()
  return server
}

export function machines(): Promise<Machines> {
  both ??= startMachines()
  return both
}

/** Ends the machines, where the job is for somebody else. */
export async function withoutMachines(): Promise<Machines> {
  both = undefined
  const workers = children.splice(1)
  await Promise.all(workers.map(stop))
  return await engine()
}

/** Starts a program that ends with this one, and waits until it says so on its standard error. */
export async function started(args: readonly string[], says: RegExp): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  children.push(child)
  let said = ''
  for await (const text of child.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += text
    if (says.test(said)) {
      child.stderr.resume()
      return child
    }
  }
  throw new Error(`it ended without ${says}:\n${said}`)
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}

async function startRedis(): Promise<Machines> {
  if (spawnSync('redis-server', ['--version']).error) throw new NotInstalled('redis-server')
  const port = await freePort()
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.unshift(child)
  for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false }))
    if (text.includes('Ready to accept connections')) break
  child.stdout.resume()
  const url = `redis://127.0.0.1:${port}`
  const redis = new Redis(url)
  redis.on('error', () => {})
  return { url, redis }
}

async function startMachines(): Promise<Machines> {
  const made = await engine()
  const worker = (name: string) => started([OMAKASE, 'worker', made.url, '--name', name], /works for/)
  await Promise.all([worker('one'), worker('two')])
  return made
}

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as { port: number }
  listening.close()
  await once(listening, 'close')
  return port
}

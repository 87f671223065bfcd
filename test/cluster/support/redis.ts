import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Redis } from 'ioredis'

const isHere = spawnSync('redis-server', ['--version']).status === 0

/** For tests that need a Redis: they say so where there is none. What never comes does not keep them for ever. */
export const withRedis = {
  skip: !isHere && 'no redis-server here: install the package redis-server',
  timeout: 300_000,
}

/** A Redis of the test's own, on a free port, with a folder of its own. Gone after the test. */
export class RedisServer {
  readonly port: number
  readonly folder = mkdtempSync(join(tmpdir(), 'omakase-redis-'))
  private readonly options: readonly string[]
  private process!: ChildProcess

  constructor(port: number, options: readonly string[]) {
    this.port = port
    this.options = options
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.process.pid!
  }

  /** Gives a connection, closed after the test. */
  client(t: TestContext): Redis {
    const client = new Redis(this.url)
    t.after(() => client.disconnect())
    return client
  }

  async start(): Promise<void> {
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '']
    this.process = spawn('redis-server', [...fixed, ...this.options], {
      // Whoever reads the tests' own output waits for its end.
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await new Promise<void>((resolve, reject) => {
      let said = ''
      this.process.stdout!.setEncoding('utf8').on('data', text => {
        said += text
        if (said.includes('Ready to accept connections')) resolve()
      })
      this.process.once('exit', () => reject(new Error(`redis-server did not start:\n${said}`)))
    })
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const gone = once(this.process, 'exit')
    this.process.kill(signal)
    await gone
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Starts a Redis, with options such as `--appendonly yes` or `--maxmemory 20mb`. */
export async function redis(t: TestContext, ...options: string[]): Promise<RedisServer> {
  const server = new RedisServer(await freePort(), options)
  t.after(() => server.remove())
  await server.start()
  return server
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** What stands between one party and Redis, and makes trouble when it is told to. */
export class Middleman {
  private readonly server: Server
  private readonly to: number
  private readonly pairs = new Set<readonly [Socket, Socket]>()
  private isStalled = false
  private delayMs = 0

  constructor(to: number) {
    this.to = to
    this.server = createServer(socket => this.pair(socket))
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as { port: number }).port}`
  }

  async start(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening')
  }

  /** Ends all connections, as a router does that has lost its table; new ones are let through. */
  reset(): void {
    for (const [one, other] of this.pairs) {
      one.resetAndDestroy()
      other.destroy()
    }
  }

  /** From now on nothing gets through, and nobody is told. */
  partition(): void {
    this.isStalled = true
    for (const pair of this.pairs) for (const socket of pair) socket.pause()
  }

  /** What was held back goes on its way. */
  heal(): void {
    this.isStalled = false
    for (const pair of this.pairs) for (const socket of pair) socket.resume()
  }

  /** Each packet takes so much longer. */
  delay(ms: number): void {
    this.delayMs = ms
  }

  end(): void {
    this.server.close()
    this.reset()
  }

  private pair(socket: Socket): void {
    const other = connect(this.to, '127.0.0.1')
    const pair = [socket, other] as const
    this.pairs.add(pair)
    for (const [from, to] of [pair, [other, socket]] as const) {
      from.setNoDelay(true)
      from.on('data', data => {
        if (this.delayMs > 0) setTimeout(() => to.write(data), this.delayMs)
        else to.write(data)
      })
      from.on('error', () => {})
      from.on('close', () => {
        this.pairs.delete(pair)
        to.destroy()
      })
      if (this.isStalled) from.pause()
    }
  }
}

/** Stands before this Redis until the test ends. */
export async function proxy(t: TestContext, { port }: { readonly port: number }): Promise<Middleman> {
  const between = new Middleman(port)
  t.after(() => between.end())
  await between.start()
  return between
}

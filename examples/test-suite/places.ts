import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a file of tests has to itself while it runs: nothing that two could both use at once. */
export interface Place {
  readonly port: number
  readonly folder: string
}

/** The places of one worker: as many as it runs files at once, each made when it is first needed, and lent again. */
export class Places {
  private readonly all: Place[] = []
  private readonly free: Place[] = []

  async borrow(): Promise<Place> {
    const place = this.free.pop()
    if (place !== undefined) return place
    const made = { port: await freePort(), folder: await mkdtemp(join(tmpdir(), 'test-suite-')) }
    this.all.push(made)
    return made
  }

  giveBack(place: Place): void {
    this.free.push(place)
  }

  async remove(): Promise<void> {
    for (const { folder } of this.all) await rm(folder, { recursive: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

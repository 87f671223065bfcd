import { channel, type Receiver, type Scope, Semaphore, type Sender, type Task } from 'omakase'
import { timersOf } from '#src/core/timers.js'
import type { ReceiveEnd } from '#src/sync/ends.js'
import { SteppingClock } from '../stepping-clock.js'
import { Ledger } from './ledger.js'
import type { Program } from './program.js'
import { Shared } from './shared.js'

export interface Item {
  readonly id: number
  readonly channel: number
}

interface Transfer {
  item: Item
  send: 'waits' | 'sent' | 'refused' | 'cut'
  received: number
}

class Permits {
  readonly semaphore: Semaphore
  private holders = 0
  private readonly permits: number
  private readonly ledger: Ledger

  constructor(permits: number, ledger: Ledger) {
    this.semaphore = new Semaphore(permits)
    this.permits = permits
    this.ledger = ledger
  }

  taken(): void {
    if (++this.holders > this.permits) this.ledger.violation('R39: more hold a semaphore than it has permits')
  }

  givenBack(): void {
    this.holders--
  }

  close(): void {
    if (this.holders !== 0) this.ledger.violation('R39: a permit was never given back')
    for (let i = 0; i < this.permits; i++) {
      if (!this.semaphore.tryAcquire()) this.ledger.violation('R20: a permit was eaten')
    }
    if (this.semaphore.tryAcquire()) this.ledger.violation('R20: a permit was given back twice')
  }
}

/** What the tasks of one program share. */
export class World {
  readonly clock = new SteppingClock()
  readonly ledger = new Ledger()
  readonly tasks: Task<unknown>[] = []
  readonly scopes: Scope[] = []
  readonly ends: readonly [Sender<Item>, Receiver<Item>][]
  readonly permits: readonly Permits[]
  readonly shared: readonly Shared[]
  private readonly transfers: Transfer[] = []
  private readonly brokenChannels = new Set<number>()

  constructor(program: Program) {
    this.ends = program.capacities.map(capacity => channel<Item>(capacity))
    this.permits = program.permits.map(permits => new Permits(permits, this.ledger))
    this.shared = [0, 1].map(() => new Shared(this.ledger))
  }

  /** A promise of later. */
  later<T>(ms: number, settle: () => T): Promise<T> {
    return new Promise((resolve, reject) =>
      this.clock.after(ms, () => {
        try {
          resolve(settle())
        } catch (error) {
          reject(error)
        }
      }),
    )
  }

  item(channel: number): Item {
    const item = { id: this.transfers.length, channel }
    this.transfers.push({ item, send: 'waits', received: 0 })
    return item
  }

  sending(item: Item, how: Transfer['send']): void {
    this.transfers[item.id]!.send = how
  }

  received(item: Item): void {
    if (++this.transfers[item.id]!.received > 1)
      this.ledger.violation(`R20: item ${item.id} was received twice`)
  }

  closeReceiver(channel: number): void {
    this.brokenChannels.add(channel)
    this.ends[channel]![1].close()
  }

  /** When the root has settled. */
  close(outcome: unknown): void {
    const { ledger } = this
    ledger.close(outcome)
    const timers = timersOf(this.clock).size
    if (timers > 0) ledger.violation(`R29: ${timers} are left in the timer structure`)
    for (const [, receiver] of this.ends) {
      const { takes, sends } = (receiver as ReceiveEnd<Item>).channel
      if (takes.length + sends.length > 0) ledger.violation('R20: somebody is left in the queue of a channel')
    }
    for (const permits of this.permits) permits.close()
    for (const shared of this.shared) shared.close()
    for (const [index] of this.ends.entries()) this.drain(index)
    for (const { item, send, received } of this.transfers) {
      if (send === 'waits') ledger.violation(`R20: the send of item ${item.id} never ended`)
      if (send === 'sent' && received === 0 && !this.brokenChannels.has(item.channel)) {
        ledger.violation(`R20: item ${item.id} was sent and is lost`)
      }
      if (send !== 'sent' && received > 0) ledger.violation(`R20: item ${item.id} was not sent, but received`)
    }
  }

  private drain(channel: number): void {
    if (this.brokenChannels.has(channel)) return
    const [sender, receiver] = this.ends[channel]!
    sender.close()
    try {
      for (let got = receiver.tryReceive(); got !== undefined; got = receiver.tryReceive())
        this.received(got.value)
    } catch {
      // The end of the channel.
    }
  }
}

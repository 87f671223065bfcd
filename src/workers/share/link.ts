import { type ErrorRecord, errorRecord } from '../errors/record.js'
import { reviveError } from '../errors/revive.js'
import { uncloneable } from '../uncloneable.js'
import { type Ask, askOf, isSharing, proxy } from './shared.js'

/** About shared objects, in either direction. */
export type ShareMessage =
  | {
      readonly t: 'ask'
      readonly n: number
      readonly id: number
      readonly key: string
      readonly args?: unknown
    }
  | { readonly t: 'answer'; readonly n: number; readonly ok: boolean; readonly value: unknown }

/** What stands for a shared object on its way. No key that anybody else would have. */
const MARK = '\0omakase shared'

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** One end of the way between a worker and its parent, for the objects that either shares with the other. */
export class Link {
  private readonly send: (message: ShareMessage) => void
  private readonly given = new Map<number, Ask>()
  private readonly ids = new Map<Ask, number>()
  /** Handles of the other side's objects, so that one given back is known. */
  private readonly theirs = new Map<object, number>()
  private readonly handles = new Map<number, object>()
  private readonly waiting = new Map<number, Waiting>()
  private asked = 0

  constructor(send: (message: ShareMessage) => void) {
    this.send = send
  }

  /** The value with a mark for each shared object in it; `undefined` where there is none. */
  pack(value: unknown): { readonly value: unknown } | undefined {
    if (!isSharing() || !holdsShared(value, new Set())) return undefined
    return { value: this.marked(value, new Map()) }
  }

  /** The value with a handle for each mark in it, which it is changed for: it is a clone. */
  unpack(value: unknown): unknown {
    return this.handled(value, new Set())
  }

  take(message: ShareMessage): void {
    if (message.t === 'ask') {
      void this.answer(message)
      return
    }
    const { n, ok, value } = message
    const waiting = this.waiting.get(n)
    this.waiting.delete(n)
    if (ok) waiting?.resolve(this.unpack(value))
    else waiting?.reject(reviveError(value as ErrorRecord))
  }

  /** The other side is gone. */
  close(): void {
    for (const { reject } of this.waiting.values())
      reject(new Error('the owner of the shared object is gone'))
    this.waiting.clear()
    this.given.clear()
  }

  private async answer({ n, id, key, args }: ShareMessage & { t: 'ask' }): Promise<void> {
    try {
      const ask = this.given.get(id)
      if (ask === undefined) throw new Error('the shared object is gone')
      const value = await ask(key, args === undefined ? undefined : (this.unpack(args) as unknown[]))
      this.send({ t: 'answer', n, ok: true, value: this.travelling(value, `what ${key} gives`) })
    } catch (error) {
      this.send({ t: 'answer', n, ok: false, value: errorRecord(error) })
    }
  }

  private ask(id: number, key: string, args: readonly unknown[] | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const n = ++this.asked
      const sent = args === undefined ? undefined : this.travelling(args, 'arguments')
      this.waiting.set(n, { resolve, reject })
      this.send({ t: 'ask', n, id, key, ...(sent !== undefined && { args: sent }) })
    })
  }

  /** @throws TypeError with the path of what cannot be cloned. */
  private travelling(value: unknown, path: string): unknown {
    const packed = this.pack(value)?.value ?? value
    const problem = uncloneable(packed, path)
    if (problem !== undefined) throw problem
    return packed
  }

  private marked(value: unknown, copies: Map<object, unknown>): unknown {
    if (typeof value !== 'object' || value === null) return value
    const ask = askOf(value)
    if (ask !== undefined) return this.mark(value, ask)
    const known = copies.get(value)
    if (known !== undefined || !isPlain(value)) return known ?? value
    const copy: any = Array.isArray(value) ? [] : {}
    copies.set(value, copy)
    for (const [key, part] of Object.entries(value)) copy[key] = this.marked(part, copies)
    return copy
  }

  private mark(handle: object, ask: Ask): object {
    const theirs = this.theirs.get(handle)
    if (theirs !== undefined) return { [MARK]: theirs, isYours: true }
    let id = this.ids.get(ask)
    if (id === undefined) {
      id = this.ids.size
      this.ids.set(ask, id)
      this.given.set(id, ask)
    }
    return { [MARK]: id }
  }

  private handled(value: unknown, seen: Set<object>): unknown {
    if (typeof value !== 'object' || value === null || seen.has(value) || !isPlain(value)) return value
    const mark = (value as Record<string, unknown>)[MARK]
    if (typeof mark === 'number') return this.handle(mark, 'isYours' in value)
    seen.add(value)
    for (const [key, part] of Object.entries(value)) {
      const handled = this.handled(part, seen)
      if (handled !== part) (value as Record<string, unknown>)[key] = handled
    }
    return value
  }

  private handle(id: number, isOurs: boolean): object {
    const kept = isOurs ? undefined : this.handles.get(id)
    if (kept !== undefined) return kept
    const ours = isOurs ? this.given.get(id) : undefined
    const made = proxy(ours ?? ((key, args) => this.ask(id, key, args)))
    if (!isOurs) {
      this.handles.set(id, made)
      this.theirs.set(made, id)
    }
    return made
  }
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function holdsShared(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false
  if (askOf(value) !== undefined) return true
  seen.add(value)
  return isPlain(value) && Object.values(value).some(part => holdsShared(part, seen))
}

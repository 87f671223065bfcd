import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import { type Surroundings, spawnOptions } from '../../workers/internal.js'
import { killGroup } from '../../workers/living.js'
import type { Helper } from './helper.js'
import { Lost, type ProcessEvents, type Start } from './process.js'
import { killSession } from './session.js'

const STDOUT = 1
const STDERR = 2
const EXITED = 3
const CLOSED = 4
/** Kind, id, number, length of what follows. */
const HEAD = 13
const BIRTH = 8

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, n]) => [n, name as NodeJS.Signals]))

/**
 * A small process that starts commands for this one, and ends them when this one is gone. Where it is gone itself, its
 * commands are ended and `Lost`, and it is of no use any more.
 */
export class Spawner {
  /** Milliseconds of processor time of the commands that have ended. */
  cpuMs = 0
  isGone = false
  private readonly process: ChildProcess
  private readonly pipes: readonly Socket[]
  private readonly running = new Map<number, ProcessEvents>()
  /** Their groups, where they say so themselves. */
  private readonly groups = new Map<number, number>()
  private nextId = 0
  private rest: Buffer = Buffer.alloc(0)
  private births: Buffer = Buffer.alloc(0)

  constructor(helper: Helper, surroundings: Surroundings = {}) {
    const { program, args, env } = helper.start(process.env)
    this.process = spawn(program, args, {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
      ...spawnOptions(surroundings, env),
    })
    this.process.on('error', () => this.gone())
    const [stdin, stdout, , births] = this.process.stdio as unknown as [Socket, Socket, null, Socket]
    this.pipes = [stdout, births]
    stdin.on('error', () => {})
    stdout.on('data', chunk => this.take(chunk))
    births.on('data', chunk => this.takeBirths(chunk))
    let open = this.pipes.length
    // Only then it is known who was born.
    const closed = () => {
      if (--open === 0) this.gone()
    }
    for (const pipe of this.pipes) pipe.on('error', () => {}).on('close', closed)
    this.process.unref()
    this.holdLoop(false)
  }

  readonly start: Start = (words, events) => {
    const id = this.nextId++
    if (this.running.size === 0) this.holdLoop(true)
    this.running.set(id, events)
    const problem = this.isGone ? new Lost() : words.some(word => word.includes('\0')) ? hasNul() : null
    if (problem === null) this.tell('r', id, words.join('\0'))
    else queueMicrotask(() => this.forget(id)?.failed(problem))
    return {
      signal: name => this.tell('s', id, name.slice('SIG'.length)),
      close: () => {
        if (this.forget(id) !== undefined) this.tell('c', id, '')
      },
    }
  }

  end(): void {
    this.process.stdin!.end()
  }

  private tell(kind: string, id: number, text: string): void {
    const rest = Buffer.from(text)
    const frame = Buffer.allocUnsafe(9 + rest.length)
    frame.writeUInt32BE(5 + rest.length, 0)
    frame.write(kind, 4, 'latin1')
    frame.writeUInt32BE(id, 5)
    rest.copy(frame, 9)
    this.process.stdin!.write(frame)
  }

  private take(chunk: Buffer): void {
    const all = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    let at = 0
    while (all.length - at >= HEAD) {
      const end = at + HEAD + all.readUInt32BE(at + 9)
      if (end > all.length) break
      this.told(all[at]!, all.readUInt32BE(at + 1), all.readUInt32BE(at + 5), all.subarray(at + HEAD, end))
      at = end
    }
    this.rest = all.subarray(at)
  }

  private told(kind: number, id: number, value: number, bytes: Buffer): void {
    if (kind === EXITED) this.cpuMs = bytes.readUInt32BE()
    if (kind > STDERR && kind !== CLOSED) this.groups.delete(id)
    const events = this.running.get(id)
    if (kind === STDOUT) events?.stdout(bytes)
    else if (kind === STDERR) events?.stderr(bytes)
    else if (kind === EXITED) events?.exited(...statusOf(value))
    else if (kind === CLOSED) events?.closed()
    else this.forget(id)?.failed(systemError(value))
  }

  private takeBirths(chunk: Buffer): void {
    const all = this.births.length === 0 ? chunk : Buffer.concat([this.births, chunk])
    let at = 0
    for (; all.length - at >= BIRTH; at += BIRTH) {
      const id = all.readUInt32BE(at)
      // One that is not here any more has ended already.
      if (this.running.has(id)) this.groups.set(id, all.readUInt32BE(at + 4))
    }
    this.births = all.subarray(at)
  }

  private forget(id: number): ProcessEvents | undefined {
    const events = this.running.get(id)
    this.running.delete(id)
    this.groups.delete(id)
    if (this.running.size === 0) this.holdLoop(false)
    return events
  }

  private gone(): void {
    if (this.isGone) return
    this.isGone = true
    for (const pid of this.groups.values()) killGroup(pid)
    if (this.process.pid !== undefined) killSession(this.process.pid)
    for (const id of [...this.running.keys()]) this.forget(id)?.failed(new Lost())
  }

  /** Its pipes keep this process going as long as commands run, and no longer. */
  private holdLoop(isHeld: boolean): void {
    for (const pipe of this.pipes) {
      if (isHeld) pipe.ref()
      else pipe.unref()
    }
  }
}

/** As `wait` gives it. */
function statusOf(status: number): [number | null, NodeJS.Signals | null] {
  const signal = status & 0x7f
  return signal === 0 ? [status >> 8, null] : [null, SIGNALS.get(signal) ?? ('SIGKILL' as const)]
}

function hasNul(): Error {
  return Object.assign(new Error('an argument has a NUL in it'), { code: 'ERR_INVALID_ARG_VALUE' })
}

function systemError(errno: number): Error {
  const code = getSystemErrorName(-errno)
  return Object.assign(new Error(code), { code })
}

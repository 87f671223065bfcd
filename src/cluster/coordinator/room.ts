import type { Engine } from '../engine/engine.js'
import type { Server } from '../engine/server.js'

/** Shares of the engine's `maxmemory`: what we fill, when it counts as full, and what we leave it then. */
const OURS = 0.8
const FULL = 0.95
const LEFT = 0.6
/** A text in a job takes up to twice its length, and the job some more. */
const TIMES = 2
const PER_JOB = 1000

export function bytesOf(text: string): number {
  return TIMES * text.length + PER_JOB
}

/** How much more the engine can take. */
export class Room {
  private readonly engine: Engine
  private left = Infinity
  /** What is on its way, and may not be counted there yet. */
  private underway = 0
  private server: Server | null = null

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** What it holds now. Who may not ask takes it for endless. */
  async look(): Promise<void> {
    const server = await this.engine.server().catch(() => null)
    if (server === null) return
    this.server = server
    this.left =
      server.maxMemory === 0 ? Infinity : OURS * server.maxMemory - server.usedMemory - this.underway
  }

  /** False where it would be too much. */
  take(bytes: number): boolean {
    if (bytes > this.left) return false
    this.left -= bytes
    this.underway += bytes
    return true
  }

  /** What was taken has come there, or has not. */
  arrived(bytes: number): void {
    this.underway -= bytes
  }

  /** So many bytes are to be taken back. */
  get excess(): number {
    if (this.server === null || this.server.maxMemory === 0) return 0
    const { usedMemory, maxMemory } = this.server
    return usedMemory < FULL * maxMemory ? 0 : usedMemory - LEFT * maxMemory
  }
}

import { notText, usage } from './errors.js'
import { END, type Flow, type Pulled, Turn, WAIT } from './flow.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * Lines of text, without what ended them: LF or CRLF. Takes text or UTF-8 bytes, in pieces as they come; a byte order
 * mark goes, an empty line is one, and what comes after the last line end is one unless it is empty. Other encodings:
 * `decode(…)` first.
 *
 * @example
 * import { createReadStream } from 'node:fs'
 * yield* pipe(createReadStream('notes.txt'), lines(), toArray()) // ['one', 'two']
 * @throws UsageError, at the reader, for a chunk that is neither text nor bytes.
 */
export function lines(): Stage<string | Uint8Array, string> {
  return stream => new Stream(line => new LinesFlow(stream.flow(line)))
}

const LF = 10
const CR = 13

class LinesFlow implements Flow<string> {
  private readonly up: Flow<string | Uint8Array>
  private readonly turn = new Turn()
  /** Whole lines that have not been given yet. */
  private ready: string[] = []
  private place = 0
  /** The line that has begun: text that is known, then bytes of which the last may be half a character. */
  private text: string[] = []
  private bytes: Uint8Array[] = []
  private isFirst = true
  private hasEnded = false

  constructor(up: Flow<string | Uint8Array>) {
    this.up = up
  }

  pull(): Pulled<string> {
    for (;;) {
      if (this.place < this.ready.length) {
        if (this.turn.isOver) return this.turn.rest()
        return this.ready[this.place++]!
      }
      if (this.hasEnded) return END
      const chunk = this.up.pull()
      if (chunk === WAIT) return chunk
      if (chunk === END) this.end()
      else if (typeof chunk === 'string') this.addText(chunk)
      else if (chunk instanceof Uint8Array) this.addBytes(chunk)
      else throw usage.notBytes('lines', chunk)
    }
  }

  private end(): void {
    this.hasEnded = true
    const last = this.begun()
    this.give(last === '' ? [] : [last])
  }

  private addText(chunk: string): void {
    const end = chunk.lastIndexOf('\n')
    if (end < 0) {
      if (this.bytes.length > 0) this.text = [this.begun()]
      this.text.push(chunk)
      return
    }
    const whole = this.begun() + chunk.slice(0, end)
    this.text = [chunk.slice(end + 1)]
    this.give(whole.split('\n'))
  }

  private addBytes(chunk: Uint8Array): void {
    // In UTF-8, the byte of a line feed is nothing else.
    const end = chunk.lastIndexOf(LF)
    if (end < 0) {
      this.bytes.push(chunk.slice())
      return
    }
    // Only the line that had begun is put together, so that the rest is not copied.
    const first = chunk.indexOf(LF)
    this.bytes.push(chunk.subarray(0, first))
    const whole = [this.begun()]
    if (first < end) whole.push(...utf8(chunk.subarray(first + 1, end)).split('\n'))
    if (end + 1 < chunk.length) this.bytes.push(chunk.slice(end + 1))
    this.give(whole)
  }

  private begun(): string {
    const { text, bytes } = this
    this.text = []
    this.bytes = []
    const known = text.join('')
    if (bytes.length === 0) return known
    return known + utf8(bytes.length === 1 ? bytes[0]! : concat(bytes))
  }

  private give(ready: string[]): void {
    if (this.isFirst && ready.length > 0) {
      this.isFirst = false
      if (ready[0]!.charCodeAt(0) === 0xfeff) ready[0] = ready[0]!.slice(1)
    }
    for (let i = 0; i < ready.length; i++) {
      const line = ready[i]!
      if (line.charCodeAt(line.length - 1) === CR) ready[i] = line.slice(0, -1)
    }
    this.ready = ready
    this.place = 0
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw notText('utf-8', cause)
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

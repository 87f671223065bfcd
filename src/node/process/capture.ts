import type { Readable } from 'node:stream'

/** What a stream gives, up to so many bytes. */
export class Capture {
  private readonly chunks: Buffer[] = []
  private size = 0

  /** `over` is called where more comes; without it the oldest goes. */
  constructor(stream: Readable | null, limit: number, over: (() => void) | null) {
    stream?.on('error', () => {})
    stream?.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk)
      this.size += chunk.length
      if (this.size <= limit) return
      if (over === null) this.drop(this.size - limit)
      else {
        stream.destroy()
        over()
      }
    })
  }

  private drop(bytes: number): void {
    this.size -= bytes
    let first = this.chunks[0]
    for (; first !== undefined && first.length <= bytes; first = this.chunks[0]) {
      bytes -= first.length
      this.chunks.shift()
    }
    // A copy, so that a few bytes do not keep a large chunk.
    if (bytes > 0) this.chunks[0] = Buffer.from(first!.subarray(bytes))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }

  /** Less its last newline, as in a shell. */
  get text(): string {
    return this.bytes.toString().replace(/\r?\n$/, '')
  }
}

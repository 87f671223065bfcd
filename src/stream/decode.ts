import { notText, usage } from './errors.js'
import { END, type Flow, type Pulled, WAIT } from './flow.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/** What `decode` does with bytes that are no text. */
export interface DecodeOptions {
  /** What happens to bytes that are no text in this encoding: the stream fails (the default), or they become U+FFFD. */
  readonly invalid?: 'fail' | 'replace'
}

/**
 * Text from bytes, in pieces as they come; a character may be cut between two of them. A byte order mark goes.
 *
 * @param encoding any label that `TextDecoder` knows: `utf-8` unless given, `windows-1252`, `utf-16le`, …
 * @example
 * const bytes = [Uint8Array.of(0x63, 0x61, 0x66, 0xe9)]
 * yield* pipe(bytes, decode('windows-1252'), toArray()) // ['café']
 * @throws UsageError where the platform does not know the encoding.
 */
export function decode(encoding = 'utf-8', options: DecodeOptions = {}): Stage<Uint8Array, string> {
  const make = () => decoder(encoding, options.invalid !== 'replace')
  make()
  return stream => new Stream(line => new DecodeFlow(stream.flow(line), make()))
}

function decoder(encoding: string, fatal: boolean): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal })
  } catch (cause) {
    throw usage.unknownEncoding(encoding, cause)
  }
}

class DecodeFlow implements Flow<string> {
  private readonly up: Flow<Uint8Array>
  private readonly decoder: InstanceType<typeof TextDecoder>
  private hasEnded = false

  constructor(up: Flow<Uint8Array>, decoder: InstanceType<typeof TextDecoder>) {
    this.up = up
    this.decoder = decoder
  }

  pull(): Pulled<string> {
    while (!this.hasEnded) {
      const bytes = this.up.pull()
      if (bytes === WAIT) return bytes
      if (bytes === END) this.hasEnded = true
      else if (!(bytes instanceof Uint8Array)) throw usage.notBytes('decode', bytes)
      const text = bytes === END ? this.decode() : this.decode(bytes)
      if (text !== '') return text
    }
    return END
  }

  private decode(bytes?: Uint8Array): string {
    try {
      return this.decoder.decode(bytes, { stream: bytes !== undefined })
    } catch (cause) {
      throw notText(this.decoder.encoding, cause)
    }
  }
}

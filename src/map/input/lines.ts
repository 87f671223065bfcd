import { constants, isUtf8 } from 'node:buffer'
import { BadUsage } from '../../workers/bad-usage.js'
import { InputError } from './input-error.js'

/** Whole lines, without the byte that ended them. */
export interface Block {
  readonly texts: readonly string[]
  /** The number of the first of them; counts from 1. */
  readonly first: number
  /** What is wrong with the text of a line, by its number. */
  readonly bad: ReadonlyMap<number, InputError>
  readonly bytes: number
}

export const LF = 10
export const NUL = 0

// A block is a line that began earlier and one read more, and must fit into one string.
const LONGEST = constants.MAX_STRING_LENGTH - (1 << 20)

/** Cuts what is read into blocks of whole lines. A line may be as long as a string can be. */
export class Lines {
  readonly #name: string
  readonly #end: number
  readonly #longest: number
  #begun: Buffer[] = []
  #length = 0
  #next = 1

  constructor(name: string, end = LF, longest = LONGEST) {
    this.#name = name
    this.#end = end
    this.#longest = longest
  }

  /** The lines that `chunk` completes, if it does. */
  push(chunk: Buffer): Block | undefined {
    const last = chunk.lastIndexOf(this.#end)
    if (last < 0) {
      this.#begin(chunk)
      return
    }
    if (this.#length > this.#longest) return this.#afterTooLong(chunk)
    const whole = chunk.subarray(0, last)
    const bytes = this.#length === 0 ? whole : Buffer.concat([...this.#begun, whole])
    this.#begun = []
    this.#length = 0
    this.#begin(chunk.subarray(last + 1))
    return this.#block(bytes)
  }

  /** The last line, where nothing ended it. */
  end(): Block | undefined {
    if (this.#length === 0) return
    if (this.#length > this.#longest) return this.#tooLong()
    return this.#block(Buffer.concat(this.#begun))
  }

  #begin(part: Buffer): void {
    if (part.length === 0) return
    this.#length += part.length
    if (this.#length <= this.#longest) this.#begun.push(part)
    // What cannot become a string is not kept, but for the beginning that names it.
    else this.#begun = [(this.#begun[0] ?? part).subarray(0, 100)]
  }

  #afterTooLong(chunk: Buffer): Block {
    const end = chunk.indexOf(this.#end)
    this.#length += end
    const long = this.#tooLong()
    const rest = this.push(chunk.subarray(end + 1))
    if (!rest) return long
    const texts = [...long.texts, ...rest.texts]
    return {
      texts,
      first: long.first,
      bad: new Map([...long.bad, ...rest.bad]),
      bytes: long.bytes + rest.bytes,
    }
  }

  #tooLong(): Block {
    const first = this.#next++
    const length = this.#length
    const text = `${this.#begun[0]!.toString('latin1')}…`
    this.#begun = []
    this.#length = 0
    const error = new InputError(
      `${this.#where(first)} is longer than a string can be (${length} bytes): break it into several lines`,
    )
    return { texts: [text], first, bad: new Map([[first, error]]), bytes: length + 1 }
  }

  #block(bytes: Buffer): Block {
    const first = this.#next
    const size = bytes.length + 1
    const text = first === 1 ? this.#withoutBom(bytes) : bytes
    if (isUtf8(text)) {
      const texts = text.toString().split(this.#end === LF ? '\n' : '\0')
      this.#next += texts.length
      return { texts, first, bad: NONE, bytes: size }
    }
    return { ...this.#oneByOne(text), first, bytes: size }
  }

  #oneByOne(bytes: Buffer): { texts: string[]; bad: Map<number, InputError> } {
    const texts: string[] = []
    const bad = new Map<number, InputError>()
    for (let at = 0; at <= bytes.length; ) {
      const found = bytes.indexOf(this.#end, at)
      const end = found < 0 ? bytes.length : found
      const line = bytes.subarray(at, end)
      const number = this.#next++
      if (!isUtf8(line)) bad.set(number, this.#notUtf8(line, number))
      texts.push(line.toString())
      at = end + 1
    }
    return { texts, bad }
  }

  #notUtf8(line: Buffer, number: number): InputError {
    const at = firstBad(line)
    const byte = line[at]!.toString(16).toUpperCase().padStart(2, '0')
    return new InputError(
      `${this.#where(number)} is not UTF-8: byte ${at + 1} of it is 0x${byte}; convert the input first, for example with iconv -f ISO-8859-1 -t UTF-8`,
    )
  }

  #withoutBom(bytes: Buffer): Buffer {
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3)
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      throw new BadUsage(`${this.#name} is UTF-16: convert it first, with iconv -f UTF-16 -t UTF-8`)
    }
    return bytes
  }

  #where(number: number): string {
    return place(this.#name, number, this.#end)
  }
}

const NONE: ReadonlyMap<number, InputError> = new Map()

/** `line 3 of urls.txt` */
export function place(name: string, number: number, end = LF): string {
  return `${end === LF ? 'line' : 'record'} ${number} of ${name}`
}

/** Where the first character begins that is not UTF-8. */
function firstBad(bytes: Buffer): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (beginsAsUtf8(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  // The decoder stumbles over the byte after a lead byte; the lead byte is the one to show.
  let at = bad - 1
  while (!isUtf8(bytes.subarray(0, at))) at--
  return at
}

/** Whether it is UTF-8 but for a last character that may be cut off. */
function beginsAsUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

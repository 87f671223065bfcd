import { serialize } from 'node:v8'
import type { ErrorRecord } from '../../workers/errors/record.js'
import { showBytes } from '../../workers/show-bytes.js'

/** Bytes that a value has on its way: of JSON its text is given. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (ArrayBuffer.isView(value)) return value.byteLength
  return typeof value === 'object' && value !== null ? serialize(value).byteLength : 8
}

/** Of an input or output as it travels, in characters, unless told otherwise. */
export const MAX_SIZE = 16e6

export function tooLarge(what: string, size: number, most: number): ErrorRecord {
  return {
    name: 'RangeError',
    message: `the ${what} has ${showBytes(size)}, and ${showBytes(most)} may travel: keep it elsewhere and pass its name, or give --max-size`,
  }
}

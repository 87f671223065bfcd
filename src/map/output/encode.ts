import { Encoder } from './encoder.js'
import { isPlain } from './plain.js'

/**
 * The JSON text of any value.
 *
 * `undefined`, NaN and the infinities are `null`, wherever they stand; a BigInt is a string, a Date its ISO form, a Set or
 * typed array an array, a Map an array of pairs, a Buffer or ArrayBuffer base64, an error its record, a `Response`
 * its status, headers and address. `toJSON` is honoured.
 *
 * @throws {OutputError} for a function, symbol, promise or cycle anywhere inside: its message names the place, such as
 * `output.rows[3].cb`, where `output` is `name`.
 */
export function encode(value: unknown, name = 'output'): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return 'null'
    case 'object':
      if (value === null) return 'null'
      if (isPlain(value)) return JSON.stringify(value)
  }
  return new Encoder(name).encode(value)
}

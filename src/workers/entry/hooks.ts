import type { EncodedError } from '../encoded-error.js'

/** What the layer above brings along: how values and errors are written down for the way back. */
export interface Hooks {
  /** The JSON text of a value; throws what the call then fails with. For `encode: 'json'`. */
  encodeValue(value: unknown): string
  /** Plain, cloneable data from anything thrown. Must not throw. `code` is the URL of the user's module in one piece. */
  encodeError(thrown: unknown, code: string): EncodedError
}

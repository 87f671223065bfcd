import { deserialize, serialize } from 'node:v8'

/** How values travel: as JSON, for the command, or as structured clones, for the library. */
export type Encoding = 'json' | 'clone'

/** Inputs on their way to a machine. */
export function packInputs(encode: Encoding, inputs: readonly unknown[]): string {
  return encode === 'json' ? JSON.stringify(inputs) : serialize(inputs).toString('base64')
}

export function unpackInputs(encode: Encoding, packed: string): unknown[] {
  return encode === 'json' ? JSON.parse(packed) : deserialize(Buffer.from(packed, 'base64'))
}

/** Outputs on their way back: of JSON it is the texts that the workers have made. */
export function packOutputs(encode: Encoding, outputs: readonly unknown[]): string {
  return encode === 'json' ? JSON.stringify(outputs) : serialize(outputs).toString('base64')
}

export function unpackOutputs(encode: Encoding, packed: string): unknown[] {
  return encode === 'json' ? JSON.parse(packed) : deserialize(Buffer.from(packed, 'base64'))
}

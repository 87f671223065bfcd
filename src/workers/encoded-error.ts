/** The least that an error looks like on the way back; the layer above adds its own. */
export interface EncodedError {
  readonly name: string
  readonly message: string
  readonly stack?: string
}

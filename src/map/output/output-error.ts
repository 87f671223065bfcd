/** An output that JSON cannot carry; the message names where in it. It fails its item; the others go on. */
export class OutputError extends Error {
  override readonly name = 'OutputError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    // The frames would be those of the encoder; the path in the message is what leads to the mistake.
    this.stack = `OutputError: ${message}`
  }
}

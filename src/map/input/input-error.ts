/** An input that could not be read, e.g. a line that is not JSON. It fails its item; the others go on. */
export class InputError extends Error {
  override readonly name = 'InputError'

  constructor(message: string) {
    super(message)
    // The frames would be those of the reader, which say nothing about the input.
    this.stack = `InputError: ${message}`
  }
}

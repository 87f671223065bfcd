/**
 * Something was asked for that cannot be done as it stands: exit code 2.
 * The message is one line that says what was given, where, and what to write instead.
 */
export class BadUsage extends Error {
  override readonly name = 'BadUsage'
}

let tell = defaultTell

function defaultTell(message: string): void {
  console.error(`omakase: ${message}`)
}

export function reportTo(other: ((message: string) => void) | undefined): void {
  tell = other ?? defaultTell
}

export function report(message: string): void {
  tell(message)
}

/** One report for those that differ in nothing. */
export function reportAll(messages: readonly string[]): void {
  const counts = new Map<string, number>()
  for (const message of messages) counts.set(message, (counts.get(message) ?? 0) + 1)
  for (const [message, count] of counts) report(count === 1 ? message : `${message} × ${count}`)
}

/** ", created at …", where it is known. */
export function at(what: string, line: string | undefined): string {
  return line === undefined ? '' : `, ${what} at ${line}`
}

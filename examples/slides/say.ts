import { now } from 'omakase'

const start = now()

/** Seconds since the program began. */
export function seconds(): string {
  return ((now() - start) / 1000).toFixed(3)
}

/** Prints a line of the transcript: when, and what happened. */
export function say(...what: unknown[]): void {
  console.log(seconds(), ...what)
}

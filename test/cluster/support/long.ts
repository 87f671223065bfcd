import assert from 'node:assert/strict'
import type { Ended } from '../../cli/support/command.js'

/** A module whose function takes so many milliseconds. */
export function slow(ms: number): string {
  return `export default async (n: number) => {\n  await new Promise(go => setTimeout(go, ${ms}))\n  return n\n}`
}

export function assertEnded({ code, signal, stderr }: Ended): void {
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr)
}

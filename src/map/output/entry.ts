import type { Entry } from './journal.js'

const BEGINNING = '{"index":'

/** What a line of an output file says; `undefined` if omakase did not write it. */
export function entry(line: string): Entry | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return
  }
  if (typeof value !== 'object' || value === null || !('index' in value) || !('input' in value)) return
  const { index, input } = value
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return
  const failed = 'error' in value
  return failed === 'output' in value ? undefined : { index, input, failed }
}

/** Whether a last line without an end may be one that a killed run left behind. */
export function torn(text: string): boolean {
  return text.startsWith(BEGINNING) || BEGINNING.startsWith(text)
}

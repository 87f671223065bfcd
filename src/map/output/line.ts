import type { ErrorRecord } from '../../workers/errors/record.js'

/** The line of an item that succeeded; `input` and `output` are JSON texts. */
export function okLine(index: number, input: string, output: string, attempts = 1): string {
  return `{"index":${index},"input":${input},"output":${output}${times(attempts)}}\n`
}

/** The line of an item that failed. */
export function failedLine(index: number, input: string, error: ErrorRecord, attempts = 1): string {
  return `{"index":${index},"input":${input},"error":${JSON.stringify(error)}${times(attempts)}}\n`
}

function times(attempts: number): string {
  return attempts > 1 ? `,"attempts":${attempts}` : ''
}

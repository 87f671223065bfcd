import type { InputError } from './input-error.js'
import type { Block } from './lines.js'

export type FormatName = 'lines' | 'jsonl' | 'csv' | 'nul'

/** Takes an item; one with a problem has failed already. */
export type Add = (input: unknown, line: number, problem?: InputError) => void

/** Turns the lines of one file into items. */
export interface Format {
  take(block: Block): void
  /** After the last block. */
  end(): void
}

const CR = 13

/** The line without the CR of a CRLF. */
export function withoutCr(text: string): string {
  return text.charCodeAt(text.length - 1) === CR ? text.slice(0, -1) : text
}

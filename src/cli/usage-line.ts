import type { CommanderError } from 'commander'

/** What commander has to say, in one line, with where to look. */
export function usageLine(error: CommanderError): string {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\(Did you mean (one of )?(.+?)\?\)/, '– did you mean $1$2?')
  return text.includes('did you mean') ? text : `${text}; omakase map --help shows what there is`
}

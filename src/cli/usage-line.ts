import type { CommanderError } from 'commander'

/** What commander has to say, in one line, with where to look: in the help of `command`, such as `omakase map`. */
export function usageLine(error: CommanderError, command: string): string {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\(Did you mean (one of )?(.+?)\?\)/, '– did you mean $1$2?')
  return text.includes('did you mean') ? text : `${text}; ${command} --help shows what there is`
}

import { BadUsage } from '../../workers/bad-usage.js'

/** What a shell would act on, and nobody does here. */
const OPERATOR = /[|&;<>()]/
const EXPANDED = /^(?:`|\$[\w{(@*#?$!-])/
/** What a backslash keeps from its meaning inside double quotes; before anything else it stands for itself. */
const ESCAPED = /["\\$`]/

/**
 * Splits a command as a shell splits it into words: at blanks, with quotes and backslashes.
 *
 * @throws {BadUsage} for a quote that is never closed, and for what only a shell can do.
 */
export function words(template: string): string[] {
  const found: string[] = []
  let word: string | undefined
  for (let at = 0; at < template.length; at++) {
    const char = template[at]!
    if (/\s/.test(char)) {
      if (word !== undefined) found.push(word)
      word = undefined
    } else if (char === "'") {
      const end = template.indexOf("'", at + 1)
      if (end < 0) throw unclosed(template, at)
      word = (word ?? '') + template.slice(at + 1, end)
      at = end
    } else if (char === '"') {
      const { text, end } = doubleQuoted(template, at)
      word = (word ?? '') + text
      at = end
    } else if (char === '\\') {
      if (++at === template.length)
        throw new BadUsage(
          `--exec ${template}: it ends with a backslash: write two of them, or put it in quotes`,
        )
      // A line that goes on.
      if (template[at] !== '\n') word = (word ?? '') + template[at]
    } else {
      if (OPERATOR.test(char)) throw needsShell(template, char)
      refuseExpansion(template, at)
      word = (word ?? '') + char
    }
  }
  if (word !== undefined) found.push(word)
  return found
}

function doubleQuoted(template: string, from: number): { readonly text: string; readonly end: number } {
  let text = ''
  for (let at = from + 1; at < template.length; at++) {
    const char = template[at]!
    if (char === '"') return { text, end: at }
    const next = template[at + 1]
    if (char === '\\' && next !== undefined && (ESCAPED.test(next) || next === '\n')) {
      at++
      if (next !== '\n') text += next
    } else {
      refuseExpansion(template, at)
      text += char
    }
  }
  throw unclosed(template, from)
}

function refuseExpansion(template: string, at: number): void {
  const [sign] = EXPANDED.exec(template.slice(at, at + 2)) ?? []
  if (sign !== undefined) throw needsShell(template, sign)
}

function unclosed(template: string, at: number): BadUsage {
  return new BadUsage(
    `--exec ${template}: the quote ${template[at]} at character ${at + 1} is never closed: close it, or write a backslash before it`,
  )
}

function needsShell(template: string, what: string): BadUsage {
  return new BadUsage(
    `--exec ${template}: there is no shell for ${what}: add --shell and write "$1" for the input, or put it in single quotes`,
  )
}

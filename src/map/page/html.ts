/** Text in a template that has been made safe already. */
class Safe {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Safe | readonly Safe[]

/** A template of HTML: what is put into it is escaped, unless it is HTML itself. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Safe {
  return new Safe(pieces.reduce((text, piece, i) => text + written(parts[i - 1]!) + piece))
}

/** Text that is known to be safe where it goes, such as a script of our own. */
export function trusted(text: string): Safe {
  return new Safe(text)
}

export type { Safe }

function written(part: Part): string {
  if (part instanceof Safe) return part.text
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return part.map(({ text }) => text).join('')
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`)
}

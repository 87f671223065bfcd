/**
 * Puts text in front of a source without moving any of its lines and columns in stacks: it is joined to the first
 * line, and a source map says where each character was.
 */
export function withPrefix(prefix: string, source: string, name: string): string {
  const before = prefix + MARK
  const map = { version: 3, sources: [name], names: [], mappings: mappings(before.length, source) }
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64')
  return `${before}${source}\n//# sourceMappingURL=data:application/json;base64,${encoded}`
}

/**
 * Where the user's own text begins: esbuild's complaints about syntax come before any source map. Spaces that nobody
 * writes, for a comment would get a position of its own.
 */
const MARK = '\u2003\u2002'

/** A line as the user wrote it, and how many characters were put in front of it. */
export function withoutPrefix(line: string): { text: string; shift: number } {
  const at = line.indexOf(MARK)
  const shift = at < 0 ? 0 : at + MARK.length
  return { text: line.slice(shift), shift }
}

/** One segment a character: esbuild gives the position of the segment before, and no more. */
function mappings(shift: number, source: string): string {
  let last = 0
  return source
    .split('\n')
    .map((line, row) => {
      const first = `${vlq(row === 0 ? shift : 0)}A${row === 0 ? 'A' : 'C'}${vlq(-last)}`
      last = line.length
      return first + ',CAAC'.repeat(line.length)
    })
    .join(';')
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base 64 VLQ, as source maps write numbers: the sign in the lowest bit, five bits a digit, the sixth to go on. */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  do {
    const digit = rest & 31
    rest >>>= 5
    text += DIGITS[rest > 0 ? digit | 32 : digit]
  } while (rest > 0)
  return text
}

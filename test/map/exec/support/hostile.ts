/** Whole numbers below a bound, the same for the same seed. */
export function random(seed: number): (bound: number) => number {
  let state = seed
  return bound => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

const PIECES = [
  ...`'"\\\`$ \t\n;|&<>(){}[]*?~#!=%@^-,.:`,
  ...['{}', '$(id)', '$HOME', '`id`', '"$1"', '\\0', '--', "'\\''", 'ä', '🙂', '\u0001', '\u007f', 'a', 'b'],
]

/** What nobody would want to have in a command line. */
export function hostile(below: (bound: number) => number): string {
  return Array.from({ length: below(12) }, () => PIECES[below(PIECES.length)]).join('')
}

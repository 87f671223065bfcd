import type { Add, Format } from './format.js'
import { withoutCr } from './format.js'

/** Each line is an input, as it stands. */
export function plainLines(add: Add): Format {
  return plain(add, withoutCr)
}

/** Each NUL-terminated record is an input, line ends and all. */
export function nulRecords(add: Add): Format {
  return plain(add, text => text)
}

function plain(add: Add, trim: (text: string) => string): Format {
  return {
    take({ texts, first, bad }) {
      for (let i = 0; i < texts.length; i++) {
        const text = trim(texts[i]!)
        if (text !== '') add(text, first + i, bad.get(first + i))
      }
    },
    end() {},
  }
}

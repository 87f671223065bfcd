import type { Add, Format } from './format.js'
import { withoutCr } from './format.js'
import { InputError } from './input-error.js'
import { place } from './lines.js'

/** Each line is a JSON value. */
export function jsonLines(name: string, add: Add): Format {
  return {
    take({ texts, first, bad }) {
      for (let i = 0; i < texts.length; i++) {
        const text = withoutCr(texts[i]!)
        if (text === '') continue
        let input: unknown = text
        let problem = bad.get(first + i)
        if (!problem) {
          try {
            input = JSON.parse(text)
          } catch (error) {
            problem = new InputError(`${place(name, first + i)} is not JSON: ${reason(error)}`)
          }
        }
        add(input, first + i, problem)
      }
    },
    end() {},
  }
}

// V8 quotes the text around the mistake, line ends and all; a message is one line.
function reason(error: unknown): string {
  return (error as Error).message.replace(/\s+/g, ' ')
}

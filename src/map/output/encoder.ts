import { types } from 'node:util'
import { errorRecord } from '../../workers/errors/record.js'
import { OutputError } from './output-error.js'

/** Writes JSON by our own rules, and knows at each step where in the value it is. One use. */
export class Encoder {
  readonly #path: (string | number)[] = []
  readonly #open: object[] = []
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  encode(value: unknown): string {
    try {
      return this.#any(value, '')
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const stack = /call stack/i.test(error.message)
      const what = stack ? 'is nested too deeply for JSON' : 'is longer than a string can be'
      throw new OutputError(`${this.#name} ${what}`)
    }
  }

  #any(value: unknown, key: string): string {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      if (!Buffer.isBuffer(value) && typeof (value as { toJSON?: unknown }).toJSON === 'function') {
        return this.#value(this.#toJson(value, key))
      }
    }
    return this.#value(value)
  }

  #value(value: unknown): string {
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) ? String(value) : 'null'
      case 'bigint':
        return `"${value}"`
      case 'undefined':
        return 'null'
      case 'function':
      case 'symbol':
        return this.#refuse(`is a ${typeof value}, which JSON cannot carry: return plain data`)
      case 'object':
        return value === null ? 'null' : this.#object(value)
      default:
        return JSON.stringify(value)
    }
  }

  #object(value: object): string {
    const at = this.#open.indexOf(value)
    if (at >= 0) return this.#refuse(`refers back to ${this.#place(at)}: JSON cannot carry a cycle`)
    this.#open.push(value)
    const text = this.#kind(value)
    this.#open.pop()
    return text
  }

  #kind(value: object): string {
    if (Array.isArray(value)) return this.#list(value)
    if (Buffer.isBuffer(value)) return `"${value.toString('base64')}"`
    if (types.isTypedArray(value) || types.isSet(value)) return this.#list(Array.from<unknown>(value))
    if (types.isMap(value)) return this.#list([...value])
    if (types.isAnyArrayBuffer(value)) return `"${Buffer.from(value).toString('base64')}"`
    if (types.isDataView(value)) {
      return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`
    }
    if (types.isBoxedPrimitive(value)) return this.#value(value.valueOf())
    if (types.isPromise(value)) return this.#refuse('is a promise: await it before you return it')
    if (types.isNativeError(value) || value instanceof Error) return JSON.stringify(errorRecord(value))
    if (isResponse(value)) return this.#record(summary(value))
    return this.#record(value as Record<string, unknown>)
  }

  #list(values: readonly unknown[]): string {
    const texts: string[] = []
    // Not `map`, which leaves out holes.
    for (let i = 0; i < values.length; i++) {
      this.#path.push(i)
      texts.push(this.#any(values[i], String(i)))
      this.#path.pop()
    }
    return `[${texts.join(',')}]`
  }

  #record(value: Record<string, unknown>): string {
    const texts: string[] = []
    for (const key of Object.keys(value)) {
      this.#path.push(key)
      texts.push(`${JSON.stringify(key)}:${this.#any(this.#read(value, key), key)}`)
      this.#path.pop()
    }
    return `{${texts.join(',')}}`
  }

  #read(value: Record<string, unknown>, key: string): unknown {
    try {
      return value[key]
    } catch (error) {
      return this.#refuse(`cannot be read: ${String(error)}`, error)
    }
  }

  #toJson(value: object, key: string): unknown {
    try {
      return (value as { toJSON(key: string): unknown }).toJSON(key)
    } catch (error) {
      return this.#refuse(`has a toJSON that throws: ${String(error)}`, error)
    }
  }

  #refuse(what: string, cause?: unknown): never {
    throw new OutputError(`${this.#place()} ${what}`, cause === undefined ? {} : { cause })
  }

  #place(depth = this.#path.length): string {
    return this.#name + this.#path.slice(0, depth).map(step).join('')
  }
}

function step(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

// Not `instanceof`: the mere name of the global loads the whole of fetch.
function isResponse(value: object): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]' && 'status' in value
}

/** What can be told of a response without reading its body. */
function summary({ status, statusText, url, headers }: Response): Record<string, unknown> {
  return { status, statusText, url, headers: Object.fromEntries(headers ?? []) }
}

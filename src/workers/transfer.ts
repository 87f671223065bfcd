import { BadUsage } from './bad-usage.js'

/** What can be moved: an `ArrayBuffer`, a `MessagePort`, a stream, … */
export type Movable = import('node:worker_threads').Transferable

const lists = new WeakMap<object, readonly Movable[]>()
let some = false

/**
 * Says that a value, or parts of it, are moved to a thread and not copied: an argument, a part of one, an input, or
 * what a function in a worker returns. It costs the same for any size; whoever has given it finds it empty. Processes
 * share no memory: they are sent a copy, and the value stays.
 *
 * @param list what is moved, of what the value holds; the memory of a buffer or typed array unless given.
 * @example
 * const pixels = transfer(new Uint8Array(100)) // pool.call('invert', pixels) moves it
 * const image = transfer({ width: 10, pixels }, [pixels.buffer]) // so does return image, in a worker
 * image.pixels.length // 100
 * @throws BadUsage where it is not given what to move.
 */
export function transfer<T extends object>(value: T, list: readonly Movable[] = memoryOf(value)): T {
  lists.set(value, list)
  some = true
  return value
}

function memoryOf(value: object): Movable[] {
  if (value instanceof ArrayBuffer) return [value]
  if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) return [value.buffer]
  throw new BadUsage(
    'transfer(value) moves a buffer or typed array; of others say what: transfer(value, [buffer])',
  )
}

/** All that is to be moved of these values; `undefined` where nothing is. */
export function movedOf(values: readonly unknown[]): Movable[] | undefined {
  if (!some) return undefined
  const found = new Set<Movable>()
  const seen = new Set<object>()
  for (const value of values) search(value, found, seen)
  for (const each of found) if (isGone(each)) throw new TypeError('something has been moved already')
  return found.size === 0 ? undefined : [...found]
}

/** The error for a value of which a part was moved before, and is empty now; a clone of it would be, too. */
export function movedAway(value: unknown, path: string): TypeError | undefined {
  try {
    movedOf([value])
    return undefined
  } catch {
    return new TypeError(
      `${path} holds a buffer that has been moved to a thread already, and is empty here; make a new one for each time`,
    )
  }
}

function isGone(moved: Movable): boolean {
  if (!(moved instanceof ArrayBuffer) || moved.byteLength > 0) return false
  try {
    new Uint8Array(moved)
    return false
  } catch {
    return true
  }
}

function search(value: unknown, found: Set<Movable>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  for (const each of lists.get(value) ?? []) found.add(each)
  if (ArrayBuffer.isView(value)) return
  for (const part of Object.values(value)) search(part, found, seen)
}

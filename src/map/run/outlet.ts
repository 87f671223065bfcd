import type { Overload } from '../../workers/internal.js'
import type { Item } from '../input/source.js'

/** Where results go: lines of a file, or whoever loops over them. */
export interface Outlet {
  /**
   * `value` as the worker gave it: JSON text for the command, the value itself for the library. `ms` is its last attempt's;
   * `overload`: it says that too much was asked.
   */
  ok(item: Item, value: unknown, attempts: number, ms: number, overload?: Overload): void
  /** `error` as the worker encoded it, or as it was thrown here. */
  failed(item: Item, error: unknown, attempts: number, ms: number, overload?: Overload): void
  /** It was taken back, and nothing more comes of it. */
  cancelled?(item: Item): void
  /** No new item may start; `notify` is called when there is room again. */
  readonly isFull: boolean
  /** Called with what to call when there is room again. */
  onRoom(notify: () => void): void
}

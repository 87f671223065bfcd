/** Where the engine hands over what has become of its calls. */
export interface Sink {
  /** The function gave a value. */
  done(id: number, ms: number, value: unknown): void
  /** The call failed, or was taken back. */
  failed(id: number, ms: number, error: unknown, cancelled: boolean): void
  /** Passes on what has gathered. */
  flush(): void
  /** True where what was passed on is safe, whatever becomes of this process; else `then` is called when it is. */
  whenOut(then: () => void): boolean
  /** Milliseconds (of `performance.now()`) at the last flush. */
  readonly flushedAt: number
  log(id: number, text: string): void
  progress(id: number, value: unknown): void
}

/** The user's function, whatever its types. */
export type UserFunction = (input: unknown, context: unknown) => unknown

import { type Co, suspend } from 'omakase'

/** Something to wait for that a test lets happen when it chooses. */
export interface Gate<T = void> {
  wait(): Co<T>
  open(value: T): void
}

export function gate<T = void>(): Gate<T> {
  let resume: ((value: T) => void) | undefined
  let opened: { value: T } | undefined
  return {
    wait: () =>
      suspend<T>(go => {
        if (opened !== undefined) go(opened.value)
        resume = go
        return () => {}
      }),
    open: value => {
      opened ??= { value }
      resume?.(value)
    },
  }
}

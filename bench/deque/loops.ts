/** What all the collections have. */
export interface Ends {
  push(item: number): unknown
  pop(): number | undefined
  unshift(item: number): unknown
  shift(): number | undefined
  readonly length: number
}

export const SIZE = 10_000

function filled(make: () => Ends): Ends {
  const items = make()
  for (let i = 0; i < SIZE; i++) items.push(i)
  return items
}

function check(is: unknown, wanted: unknown): void {
  if (is !== wanted) throw new Error(`${is} instead of ${wanted}`)
}

/** Nanoseconds for each of so many operations. */
function each(n: number, ms: number): number {
  return (ms * 1e6) / n
}

export function push(make: () => Ends, times: number): number {
  let ms = 0
  for (let time = 0; time < times; time++) {
    const items = make()
    const start = performance.now()
    for (let i = 0; i < SIZE; i++) items.push(i)
    ms += performance.now() - start
    check(items.length, SIZE)
    check(items.pop(), SIZE - 1)
  }
  return each(times * SIZE, ms)
}

export function pop(make: () => Ends, times: number): number {
  let ms = 0
  for (let time = 0; time < times; time++) {
    const items = filled(make)
    let sum = 0
    const start = performance.now()
    for (let i = 0; i < SIZE; i++) sum += items.pop()!
    ms += performance.now() - start
    check(items.length, 0)
    check(sum, (SIZE * (SIZE - 1)) / 2)
  }
  return each(times * SIZE, ms)
}

export function unshift(make: () => Ends, times: number): number {
  let ms = 0
  for (let time = 0; time < times; time++) {
    const items = make()
    const start = performance.now()
    for (let i = 0; i < SIZE; i++) items.unshift(i)
    ms += performance.now() - start
    check(items.length, SIZE)
    check(items.pop(), 0)
  }
  return each(times * SIZE, ms)
}

export function shift(make: () => Ends, times: number): number {
  let ms = 0
  for (let time = 0; time < times; time++) {
    const items = filled(make)
    let sum = 0
    const start = performance.now()
    for (let i = 0; i < SIZE; i++) sum += items.shift()!
    ms += performance.now() - start
    check(items.length, 0)
    check(sum, (SIZE * (SIZE - 1)) / 2)
  }
  return each(times * SIZE, ms)
}

/** In at the end, out at the beginning, with as many inside all the time. */
export function queue(make: () => Ends, times: number): number {
  const items = filled(make)
  let sum = 0
  const start = performance.now()
  for (let i = 0; i < times * SIZE; i++) {
    items.push(i)
    sum += items.shift()!
  }
  const ms = performance.now() - start
  check(items.length, SIZE)
  const passed = (times - 1) * SIZE
  check(sum, (SIZE * (SIZE - 1)) / 2 + (passed * (passed - 1)) / 2)
  return each(times * SIZE, ms)
}

/** The last so many of all that came: a full one lets go of the first. */
export function lastOnes(make: () => Ends, times: number, isBounded: boolean): number {
  const items = make()
  const start = performance.now()
  for (let i = 0; i < times * SIZE; i++) {
    items.push(i)
    if (!isBounded && items.length > SIZE) items.shift()
  }
  const ms = performance.now() - start
  check(items.length, SIZE)
  check(items.shift(), (times - 1) * SIZE)
  return each(times * SIZE, ms)
}

import { appendFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import {
  abortSignal,
  checkpoint,
  co,
  currentTask,
  deadline,
  forever,
  local,
  now,
  sleep,
  spawn,
  TimeoutError,
} from 'omakase'
import { transfer } from 'omakase/workers'

export const add = (a: number, b: number): number => a + b

export const later = async (text: string): Promise<string> => {
  await null
  return text
}

export const counted = co(function* (n: number) {
  for (let i = 0; i < n; i++) yield* checkpoint()
  return n
})

export function* generated(): Generator<never, string> {
  return 'generated'
}

export const place = (): string => {
  const end = performance.now() + 5
  while (performance.now() < end);
  return `${process.pid} ${threadId}`
}

let atOnce = 0
export const overlap = async (): Promise<number> => {
  atOnce++
  await new Promise(resolve => setTimeout(resolve, 20))
  return atOnce--
}

export const fails = (): never => {
  throw Object.assign(new RangeError('too far'), { code: 'E_FAR' })
}

export const takes = (..._given: unknown[]): void => {}

export const gives = (): unknown => ({ fn: () => {} })

export const cleansUp = co(function* (marks: string) {
  appendFileSync(marks, 'begun\n')
  try {
    if (currentTask() === undefined || abortSignal().aborted) return
    yield* forever()
  } finally {
    yield* sleep(5)
    appendFileSync(marks, 'cleaned up\n')
  }
})

export const endless = (): never => {
  for (;;);
}

export const hangs = (): Promise<never> => new Promise(() => {})

export const exits = (code: number): never => process.exit(code)

export const user = local('user', 'nobody')
export const trace = local<unknown>('trace', null)

export const whoAmI = co(function* () {
  yield* checkpoint()
  return [user.get(), trace.get(), yield* spawn(() => user.get())] as const
})

export const left = co(function* () {
  yield* checkpoint()
  return deadline() - now()
})

export const outlasts = co(function* (marks: string) {
  try {
    yield* forever()
  } finally {
    appendFileSync(marks, 'cut\n')
  }
})

export const family = co(function* () {
  spawn(forever, { name: 'reader' })
  spawn(forever, { name: 'writer' })
  yield* forever()
})

const kept: Buffer[] = []

export const keeps = async (mb: number): Promise<number> => {
  kept.push(Buffer.alloc(mb * 1e6, 1))
  await new Promise(resolve => setTimeout(resolve, 120))
  return process.pid
}

export const eats = (): never => {
  for (;;) kept.push(Buffer.alloc(1e6, 1))
}

export const sizes = (given: ArrayBuffer | Uint8Array): number => given.byteLength

const last: { buffer?: ArrayBuffer } = {}

export const makes = (size: number, moved: boolean): unknown => {
  const data = new Uint8Array(size).fill(3)
  last.buffer = data.buffer
  const image = { width: size, data }
  return moved ? transfer(image, [data.buffer]) : image
}

/** Fails with whether the reason of its signal is of the class that is imported here. */
export const knowsReason = (_: unknown, { signal }: { signal: AbortSignal }): Promise<never> =>
  new Promise((_, reject) => {
    signal.onabort = () => reject(new Error(String(signal.reason instanceof TimeoutError)))
  })

export const whatIsLeft = (): number => last.buffer!.byteLength

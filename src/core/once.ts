import { usage } from './errors.js'
import { suspend } from './suspend.js'
import type { Co } from './types.js'

export interface EmitterLike {
  on(name: any, listener: (...args: any[]) => void): unknown
  off(name: any, listener: (...args: any[]) => void): unknown
}

export type EventSource = EventTarget | EmitterLike

function isTarget(source: EventSource): source is EventTarget {
  return typeof (source as Partial<EventTarget> | null)?.addEventListener === 'function'
}

/** Hears an event until the returned function is called. An emitter's `error` goes to `fail`. */
export function listen(
  target: EventSource,
  name: string | symbol,
  hear: (event: any) => void,
  fail: (error: unknown) => void,
): () => void {
  if (isTarget(target)) {
    target.addEventListener(name as string, hear)
    return () => target.removeEventListener(name as string, hear)
  }
  if (typeof (target as { on?: unknown } | null)?.on !== 'function') throw usage.notAnEmitter(target)
  const collect = (...args: unknown[]) => hear(args)
  target.on(name, collect)
  if (name !== 'error') target.on('error', fail)
  return () => {
    target.off(name, collect)
    if (name !== 'error') target.off('error', fail)
  }
}

/**
 * Waits for an event: gives the event of an `EventTarget`, or the array of arguments of an `EventEmitter`, whose
 * `error` is thrown.
 *
 * @example
 * import { EventEmitter } from 'node:events'
 * const emitter = new EventEmitter()
 * setTimeout(() => emitter.emit('listening', 8080), 10)
 * const [port] = yield* once(emitter, 'listening') // [8080]
 * @throws the `error` of an `EventEmitter`; UsageError where the target sends no events.
 */
export function once<E = Event>(target: EventTarget, event: string): Co<E>
export function once<A extends unknown[] = any[]>(target: EmitterLike, event: string | symbol): Co<A>
export function once(target: EventSource, event: string | symbol): Co<any> {
  return suspend<any>((resume, fail) => {
    const stop = listen(
      target,
      event,
      heard => {
        stop()
        resume(heard)
      },
      error => {
        stop()
        fail(error)
      },
    )
    return stop
  })
}

type Callable = (...args: any[]) => unknown

/**
 * What is left of an object where it is shared: each method gives a promise, and so does each property. Arguments and
 * values are copied, as structured clones.
 */
export type Shared<T extends object> = {
  readonly [K in keyof T as K extends string ? K : never]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : Promise<T[K]>
}

/** What `share` gave, by name. */
export type SharedObjects = Readonly<Record<string, any>>

/** Where the object is: asks it for a property, or calls a method of it. */
export type Ask = (key: string, args?: readonly unknown[]) => Promise<unknown>

const asks = new WeakMap<object, Ask>()
let some = false

/** Whether there is anything shared in this thread: what travels is then looked through. */
export function isSharing(): boolean {
  return some
}

export function askOf(value: object): Ask | undefined {
  return asks.get(value)
}

export function isShared(value: unknown): boolean {
  return typeof value === 'object' && value !== null && asks.has(value)
}

export function proxy(ask: Ask): object {
  const it: object = new Proxy(Object.create(null), {
    // Whoever awaits the handle itself, or prints it, means no property of the object.
    get: (_, key) =>
      typeof key !== 'string' || key === 'then' || key === 'toJSON' ? undefined : member(ask, key),
    set(_, key) {
      throw new TypeError(
        `${String(key)} of a shared object cannot be set; give the object a method that sets it`,
      )
    },
  })
  asks.set(it, ask)
  some = true
  return it
}

/** A method, or a property: it turns out when it is called, or awaited. */
function member(ask: Ask, key: string): Callable {
  const call = (...args: unknown[]): Promise<unknown> => ask(key, args)
  return Object.assign(call, {
    then: (ok?: any, failed?: any) => ask(key).then(ok, failed),
    catch: (failed: any) => ask(key).catch(failed),
    finally: (ended: any) => ask(key).finally(ended),
  })
}

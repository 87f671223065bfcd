import {
  all,
  allSettled,
  any,
  type Body,
  BrokenError,
  ClosedError,
  type Co,
  checkpoint,
  co,
  DeadlockError,
  defer,
  forEach,
  forever,
  moveOnAfter,
  now,
  race,
  type Scope,
  scope,
  shield,
  sleep,
  spawn,
  start,
  suspend,
  timeout,
  use,
  wait,
} from 'omakase'
import type { Gen } from '../depths.js'
import { raise } from '../fails.js'
import { type Frame, isOver, ScopeRecord, type TaskRecord, type Way } from './ledger.js'
import type { Block, Step } from './program.js'
import { atShared } from './shared.js'
import type { Item, World } from './world.js'

/** Where in the tree of tasks a block runs. */
export interface Place {
  readonly world: World
  readonly frame: Frame | undefined
  readonly scope: ScopeRecord
  readonly masked: boolean
  /** Errors from here may be dropped by a rule. */
  readonly droppable: boolean
}

type Kind<K extends Step['do']> = Extract<Step, { do: K }>

/** Runs a body in a frame of the ledger, which is told how the body was left. */
function* framed<T>(at: Place, masked: boolean, body: (at: Place) => Co<T>): Gen<T> {
  const { ledger } = at.world
  const frame = ledger.enter(at.frame, masked)
  let way: Way = 'cut'
  try {
    const value = yield* body({ ...at, frame, masked })
    ledger.statement(frame)
    way = 'done'
    return value
  } catch (error) {
    ledger.catching(frame)
    way = 'threw'
    throw error
  } finally {
    ledger.leave(frame, way)
  }
}
const inFrame = co(framed) as <T>(at: Place, masked: boolean, body: (at: Place) => Co<T>) => Co<T>

/** The steps of a block, one after the other, in a frame of its own. */
export const perform: (block: Block, at: Place) => Co<void> = co(function* (
  block: Block,
  outer: Place,
): Gen<void> {
  const { ledger } = outer.world
  const frame = ledger.enter(outer.frame, outer.masked)
  const at = { ...outer, frame }
  let way: Way = 'cut'
  try {
    for (const step of block) {
      ledger.statement(frame)
      frame.callee = undefined
      if (step.do === 'return') break
      yield* single(step, at)
    }
    ledger.statement(frame)
    way = 'done'
  } catch (error) {
    ledger.catching(frame)
    way = 'threw'
    throw error
  } finally {
    ledger.leave(frame, way)
  }
})

function single(step: Step, at: Place): Co<unknown> {
  const { world } = at
  switch (step.do) {
    case 'checkpoint':
      return checkpoint()
    case 'forever':
      return forever()
    case 'sleep':
      return sleep(step.ms)
    case 'throw':
      throw world.ledger.error(at.droppable)
    case 'suspend':
      return suspended(step, at)
    case 'promise':
      return promised(step, at)
    case 'call':
      return called(step.depth, step.suspends, step.body, at)
    case 'try':
      return tried(step, at)
    case 'shield':
      return shield(() => inFrame(at, true, inner => perform(step.body, inner)))
    case 'scope':
    case 'timeout':
    case 'moveOnAfter':
      return scoped(step, at)
    case 'spawn': {
      const task = world.ledger.task(world.ledger.name('task'), at.scope)
      task.handle = spawn(taskBody(step.body, task, at), { daemon: step.daemon, name: task.name })
      world.tasks.push(task.handle)
      return nothing()
    }
    case 'spawn async':
      return spawnedAsync(step, at)
    case 'start':
      return started(step, at)
    case 'join':
      return joined(step, at)
    case 'cancel task':
      world.tasks[step.pick % world.tasks.length]?.cancel('picked')
      return nothing()
    case 'cancel scope':
      world.scopes[step.pick % world.scopes.length]?.cancel('picked')
      return nothing()
    case 'move deadline': {
      const picked = world.scopes[step.pick % world.scopes.length]
      if (picked !== undefined) picked.deadline = now() + step.ms
      return nothing()
    }
    case 'use':
      return used(step, at)
    case 'defer':
      registered(at, 'deferred function', step.body)
      return nothing()
    case 'all':
    case 'race':
    case 'any':
    case 'allSettled':
      return combined(step, at)
    case 'forEach':
      return looped(step, at)
    case 'race receives':
      return raced(step, at)
    case 'with':
      return withPermit(step, at)
    case 'acquire':
      return acquired(step, at)
    case 'send':
    case 'receive':
    case 'trySend':
    case 'tryReceive':
    case 'close sender':
    case 'close receiver':
      return exchanged(step, at)
    case 'return':
      return nothing()
    default:
      return atShared(step, at, (block, inner) =>
        inFrame(inner, inner.masked, innermost => perform(block, innermost)),
      )
  }
}

const nothing = co(function* (): Gen<void> {})

const called = co(function* (depth: number, suspends: boolean, body: Block, outer: Place): Gen<void> {
  yield* inFrame(outer, outer.masked, at => depthOf(depth, suspends, body, at))
}) as (depth: number, suspends: boolean, body: Block, at: Place) => Co<void>

const depthOf = co(function* (depth: number, suspends: boolean, body: Block, at: Place): Gen<void> {
  if (suspends) yield* checkpoint()
  yield* depth > 0 ? called(depth - 1, suspends, body, at) : perform(body, at)
}) as (depth: number, suspends: boolean, body: Block, at: Place) => Co<void>

const tried = co(function* (step: Kind<'try'>, outer: Place): Gen<void> {
  const { ledger } = outer.world
  const frame = ledger.enter(outer.frame, outer.masked)
  const at = { ...outer, frame }
  let way: Way = 'cut'
  let left: Way = 'cut'
  let pending: unknown
  try {
    yield* perform(step.body, at)
    ledger.statement(frame)
    way = 'done'
  } catch (error) {
    ledger.catching(frame)
    if (step.catches) {
      ledger.see(error)
      way = 'done'
    } else {
      way = 'threw'
      pending = error
      throw error
    }
  } finally {
    try {
      // What the language itself replaces is no concern of the runtime.
      if (way === 'threw') ledger.onItsWay(pending, 1)
      yield* perform(step.cleanup, { ...at, masked: at.masked || way === 'cut' })
      if (way === 'threw') ledger.onItsWay(pending, -1)
      left = way
      // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that swallows is what is tested
      if (way === 'cut' && step.swallows) return
    } catch (error) {
      left = way === 'cut' ? 'cut' : 'threw'
      raise(error)
    } finally {
      ledger.leave(frame, left)
    }
  }
})

const scoped = co(function* (step: Kind<'scope'> | Kind<'timeout' | 'moveOnAfter'>, at: Place): Gen<void> {
  const { world } = at
  const record = new ScopeRecord(world.ledger.name(step.do), at.scope)
  const body = (handle?: Scope) => {
    if (handle !== undefined) world.scopes.push(handle)
    return inFrame({ ...at, frame: undefined, scope: record }, false, inner => {
      record.body = inner.frame
      return perform(step.body, inner)
    })
  }
  try {
    if (step.do === 'scope') {
      const { failFast, timeout } = step
      yield* scope(body, timeout === undefined ? { failFast } : { failFast, timeout })
    } else if (step.do === 'timeout') yield* timeout(step.ms, () => body())
    else yield* moveOnAfter(step.ms, () => body())
    if (record.body?.cut && step.do !== 'moveOnAfter')
      world.ledger.violation(`R20: ${record.name} was cut and gave a value`)
  } catch (error) {
    world.ledger.scopeThrew(record)
    throw error
  } finally {
    world.ledger.scopeEnded(record)
  }
})

/** The body of a task, or of a contestant, which is one. */
function taskBody(block: Block, task: TaskRecord, at: Place): Body<void> {
  return () =>
    inFrame({ ...at, frame: undefined, scope: task.own }, false, inner => {
      task.own.body = inner.frame
      task.started = true
      return ending(block, task, inner)
    })
}

const ending = co(function* (block: Block, task: TaskRecord, at: Place): Gen<void> {
  try {
    yield* perform(block, at)
  } finally {
    task.ended = true
  }
})

function spawnedAsync(step: Kind<'spawn async'>, at: Place): Co<void> {
  const { world } = at
  const task = world.ledger.task(world.ledger.name('async task'), at.scope)
  const body = (signal: AbortSignal) => {
    task.started = true
    return new Promise<void>((resolve, reject) => {
      const aborted = () => reject(signal.reason)
      if (step.heeds && signal.aborted) aborted()
      else if (step.heeds) signal.addEventListener('abort', aborted)
      world.clock.after(step.ms, () => {
        if (signal.aborted && step.heeds) return
        if (step.rejects) reject(world.ledger.error(at.droppable))
        else resolve()
      })
    }).finally(() => {
      task.ended = true
    })
  }
  task.handle = spawn(body)
  world.tasks.push(task.handle)
  return nothing()
}

const started = co(function* (step: Kind<'start'>, at: Place): Gen<void> {
  const { ledger } = at.world
  const name = ledger.name('started task')
  const value = yield* start<string>(ready => {
    const task = ledger.task(name, at.scope)
    return inFrame({ ...at, frame: undefined, scope: task.own }, false, inner => {
      task.own.body = inner.frame
      task.started = true
      return readying(step, task, ready, inner)
    })
  })
  if (value !== name) ledger.violation('R13: start gave another value than ready was given')
})

const readying = co(function* (
  step: Kind<'start'>,
  task: TaskRecord,
  ready: (name: string) => void,
  at: Place,
): Gen<void> {
  try {
    yield* perform(step.before, at)
    ready(task.name)
    yield* perform(step.after, at)
  } finally {
    task.ended = true
  }
})

const joined = co(function* (step: Kind<'join'>, at: Place): Gen<void> {
  const { world } = at
  const task = world.tasks[step.pick % world.tasks.length]
  if (task === undefined) return
  if (step.how === 'settled') {
    const exit = yield* task.settled()
    if (exit.status === 'failed') world.ledger.see(exit.error)
  } else if (step.how === 'joins') yield* task
  else {
    try {
      yield* task
    } catch (error) {
      world.ledger.see(error)
      if (error instanceof DeadlockError) return
    }
  }
  if (!isOver(task)) world.ledger.violation('R1: a join returned before its task was over')
})

function suspended(step: Kind<'suspend'>, { world }: Place): Co<void> {
  return suspend(resume => {
    let over = false
    world.clock.after(step.ms, () => {
      over = true
      resume()
    })
    if (!step.abortable) return undefined
    return () => {
      if (over) world.ledger.violation('R21: an abort function was called twice, or after the wait was over')
      over = true
    }
  })
}

function promised(step: Kind<'promise'>, at: Place): Co<unknown> {
  const { world } = at
  const settle = (droppable: boolean) => () => {
    if (step.rejects) throw world.ledger.error(droppable)
  }
  if (step.how === 'bare') return wait(world.later(step.ms, settle(true)))
  if (step.how === 'ignores the signal') return wait(() => world.later(step.ms, settle(at.droppable)))
  return wait(
    signal =>
      new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        world.clock.after(step.ms, () => {
          if (signal.aborted) return
          if (step.rejects) reject(world.ledger.error(at.droppable))
          else resolve()
        })
      }),
  )
}

/** A deferred function of the innermost scope, with its place in the order. */
function registered(at: Place, what: string, block: Block): () => Co<void> {
  const { ledger } = at.world
  const resource = ledger.acquired(at.scope, ledger.name(what))
  const release = () => releasing(resource, block, at)
  if (what === 'deferred function') defer(release)
  return release
}

const releasing = co(function* (resource: { name: string }, block: Block, at: Place): Gen<void> {
  const { ledger } = at.world
  ledger.beginRelease(at.scope, resource)
  try {
    yield* inFrame({ ...at, frame: undefined }, true, inner => perform(block, inner))
  } finally {
    ledger.endRelease(at.scope)
  }
}) as (resource: { name: string }, block: Block, at: Place) => Co<void>

function used(step: Kind<'use'>, at: Place): Co<unknown> {
  const { world } = at
  const open = () => registered(at, 'handle', step.release)
  const release = (handle: () => Co<void>) => handle()
  if (step.acquire === 'plain') return use(open, release)
  if (step.acquire === 'async') return use(() => world.later(step.ms, open), release)
  const opening = co(function* (): Gen<() => Co<void>> {
    yield* perform(step.body, at)
    return open()
  })
  return use(() => opening(), release)
}

const combined = co(function* (step: Kind<'all' | 'race' | 'any' | 'allSettled'>, at: Place): Gen<void> {
  const { ledger } = at.world
  const name = ledger.name(step.do)
  const record = new ScopeRecord(name, at.scope)
  const droppable = at.droppable || step.do === 'any' || step.do === 'allSettled'
  const bodies = step.bodies.map(block => () => {
    const task = ledger.task(`contestant of ${name}`, record)
    return (taskBody(block, task, { ...at, droppable }) as () => Co<void>)()
  })
  const options = step.concurrency === undefined ? {} : { concurrency: step.concurrency }
  try {
    if (step.do === 'all') yield* all(bodies, options)
    else if (step.do === 'race') yield* race(bodies)
    else if (step.do === 'any') yield* any(bodies)
    else {
      for (const exit of yield* allSettled(bodies, options))
        if (exit.status === 'failed') ledger.see(exit.error)
    }
  } finally {
    ledger.scopeEnded(record)
  }
})

const looped = co(function* (step: Kind<'forEach'>, at: Place): Gen<void> {
  const { world } = at
  const { ledger } = world
  const record = new ScopeRecord(ledger.name('forEach'), at.scope)
  let opened = 0
  let closed = 0
  function* items(): Generator<number> {
    opened++
    try {
      for (let i = 0; i < step.count; i++) yield i
    } finally {
      closed++
    }
  }
  async function* asyncItems(): AsyncGenerator<number> {
    opened++
    try {
      for (let i = 0; i < step.count; i++) {
        await world.later(i % 2, () => {})
        yield i
      }
    } finally {
      await world.later(1, () => {})
      closed++
    }
  }
  const item = () => {
    const task = ledger.task(`item of ${record.name}`, record)
    return (taskBody(step.body, task, at) as () => Co<void>)()
  }
  try {
    yield* forEach(step.async ? asyncItems() : items(), item, { concurrency: step.concurrency })
  } finally {
    ledger.scopeEnded(record)
    if (closed !== opened) ledger.violation(`R32: the source of ${record.name} was not closed`)
  }
})

const raced = co(function* (step: Kind<'race receives'>, { world }: Place): Gen<void> {
  const receives: Co<Item | undefined>[] = step.channels.map(index => world.ends[index]![1].receive())
  if (step.ms < Infinity) receives.push(sleep(step.ms) as Co<undefined>)
  try {
    const item = yield* race(receives)
    if (item !== undefined) world.received(item)
  } catch (error) {
    if (!(error instanceof ClosedError)) throw error
  }
})

const withPermit = co(function* (step: Kind<'with' | 'acquire'>, at: Place): Gen<void> {
  const permits = at.world.permits[step.semaphore]!
  const body = co(function* (inner: Place): Gen<void> {
    permits.taken()
    try {
      yield* perform(step.body, inner)
    } finally {
      permits.givenBack()
    }
  })
  yield* permits.semaphore.with(() => inFrame(at, at.masked, body))
})

const acquired = co(function* (step: Kind<'with' | 'acquire'>, at: Place): Gen<void> {
  const permits = at.world.permits[step.semaphore]!
  yield* permits.semaphore.acquire()
  permits.taken()
  const { ledger } = at.world
  const resource = ledger.acquired(at.scope, ledger.name('permit'))
  defer(() => {
    ledger.beginRelease(at.scope, resource)
    permits.givenBack()
    permits.semaphore.release()
    ledger.endRelease(at.scope)
  })
})

const exchanged = co(function* (
  step: Kind<'send' | 'receive' | 'trySend' | 'tryReceive' | 'close sender' | 'close receiver'>,
  { world }: Place,
): Gen<void> {
  const [sender, receiver] = world.ends[step.channel]!
  try {
    if (step.do === 'receive') world.received(yield* receiver.receive())
    else if (step.do === 'tryReceive') {
      const got = receiver.tryReceive()
      if (got !== undefined) world.received(got.value)
    } else if (step.do === 'close sender') sender.close()
    else if (step.do === 'close receiver') world.closeReceiver(step.channel)
    else {
      const item = world.item(step.channel)
      let how: 'sent' | 'refused' | 'cut' = 'cut'
      try {
        if (step.do === 'send') {
          yield* sender.send(item)
          how = 'sent'
        } else how = sender.trySend(item) ? 'sent' : 'refused'
      } catch (error) {
        how = 'refused'
        throw error
      } finally {
        world.sending(item, how)
      }
    }
  } catch (error) {
    if (!(error instanceof ClosedError || error instanceof BrokenError)) throw error
  }
})

import {
  abortSignal,
  all,
  allSettled,
  any,
  type Body,
  type CancelledError,
  type Co,
  channel,
  checkpoint,
  co,
  currentTask,
  deadline,
  defer,
  type Exit,
  forEach,
  forever,
  type Local,
  local,
  moveOnAfter,
  now,
  on,
  once,
  type Receiver,
  race,
  retry,
  run,
  type Scope,
  Semaphore,
  type Sender,
  scope,
  shield,
  sleep,
  spawn,
  start,
  suspend,
  type Task,
  timeout,
  use,
  wait,
} from 'omakase'

/** What must compile, with the types that are inferred, and what must not. Nothing here is ever called. */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function is<Expected>() {
  return <Actual>(_value: Actual, ..._same: Same<Actual, Expected> extends true ? [] : [never]): void => {}
}

interface User {
  name: string
}

const fetchUser = co(function* (id: number) {
  yield* sleep(id)
  return { name: 'ann' } as User
})

const countPosts = co(function* () {
  yield* checkpoint()
  return 3
})

const identity = co(function* <T>(value: T) {
  yield* checkpoint()
  return value
})

export function* inference() {
  is<User>()(yield* fetchUser(1))
  is<number>()(yield* countPosts())
  is<string>()(yield* identity('text' as string))
  is<Co<User>>()(fetchUser(1))
  is<(id: number) => Co<User>>()(((id: number) => fetchUser(id)) satisfies typeof fetchUser)

  const nested = co(function* () {
    const user = yield* fetchUser(1)
    const count = yield* countPosts()
    return `${user.name}: ${count}`
  })
  is<string>()(yield* nested())
}

export function* combining() {
  is<[User, number]>()(yield* all([fetchUser(1), countPosts()]))
  is<[User, number, string, boolean]>()(
    yield* all([
      fetchUser(1),
      countPosts,
      async () => 'text' as string,
      function* () {
        yield* checkpoint()
        return true as boolean
      },
    ]),
  )
  is<{ user: User; count: number }>()(yield* all({ user: fetchUser(1), count: countPosts }))
  is<User[]>()(yield* all([1, 2, 3].map(id => fetchUser(id))))
  is<User[]>()(
    yield* all(
      [1, 2, 3].map(id => () => fetchUser(id)),
      { concurrency: 2 },
    ),
  )
  is<User[]>()(yield* all(new Set([fetchUser(1)])))
  is<[]>()(yield* all([]))
  is<[Exit<User>, Exit<number>]>()(yield* allSettled([fetchUser(1), countPosts()]))
  is<{ user: Exit<User> }>()(yield* allSettled({ user: fetchUser(1) }))
  is<User | number>()(yield* race([fetchUser(1), countPosts()]))
  is<User | number>()(yield* any([fetchUser(1), countPosts]))
  is<User>()(yield* race([1, 2].map(id => fetchUser(id))))
  is<User>()(yield* any([1, 2].map(id => () => fetchUser(id))))
  is<User>()(yield* retry(() => fetchUser(1), { attempts: 2, when: error => error instanceof TypeError }))
  is<void>()(
    yield* forEach([1, 2, 3], function* (n, index) {
      is<number>()(n)
      is<number>()(index)
      yield* fetchUser(n)
    }),
  )
  is<void>()(
    yield* forEach(
      (async function* () {
        yield 'a' as string
      })(),
      async text => {
        is<string>()(text)
      },
      { concurrency: 4 },
    ),
  )

  // @ts-expect-error a number is no body
  yield* all([1, 2])
  // @ts-expect-error a number is no body
  yield* race([fetchUser(1), 2])
  // @ts-expect-error the name of the option is concurrency
  yield* all([fetchUser(1)], { concurency: 2 })
  // @ts-expect-error there is nothing to iterate
  yield* forEach(3, function* () {})
}

export function* tasks() {
  const child = spawn(fetchUser(1))
  is<Task<User>>()(child)
  is<User>()(yield* child)
  is<Exit<User>>()(yield* child.settled())
  is<Task<number>>()(spawn(countPosts))
  is<Task<string>>()(spawn(async () => 'text' as string))
  is<Task<number>>()(spawn(() => 1 as number))
  is<Task<void>>()(
    spawn(function* () {
      yield* checkpoint()
    }),
  )
  is<Task<User>>()(spawn(() => fetchUser(1), { name: 'fetch', daemon: true }))
  is<Task<boolean>>()(
    spawn(signal => {
      is<AbortSignal>()(signal)
      return signal.aborted
    }),
  )
  is<Task<unknown> | undefined>()(currentTask())
  const exit = yield* child.settled()
  if (exit.status === 'ok') is<User>()(exit.value)
  else if (exit.status === 'failed') is<unknown>()(exit.error)
  else is<CancelledError>()(exit.reason)
  child.cancel()
  child.cancel(new Error('any reason'))
  is<Task<unknown>>()(child as Task<unknown>)

  // @ts-expect-error a task is not made by hand
  new child.constructor().nothing
  // @ts-expect-error a number is no body
  spawn(1)
  // @ts-expect-error its state is read only
  child.state = 'ok'
  // @ts-expect-error an exit is not a value
  exit.value
  // @ts-expect-error there is no such option
  spawn(countPosts, { deamon: true })
  // @ts-expect-error a coroutine function that takes arguments is to be called
  spawn(fetchUser)
}

export function* scopes() {
  is<User>()(
    yield* scope(
      function* (home, signal) {
        is<Scope>()(home)
        is<AbortSignal>()(signal)
        home.deadline = now() + 10
        home.defer(exit => is<Exit<unknown>>()(exit))
        is<Task<number>>()(home.spawn(countPosts))
        for (const task of home.tasks) is<Task<unknown>>()(task)
        home.cancel('reason')
        return yield* fetchUser(1)
      },
      { name: 'users', timeout: 10, grace: 10, failFast: false },
    ),
  )
  is<string>()(yield* scope(async () => 'text' as string))
  is<number>()(yield* timeout(10, countPosts))
  is<User>()(yield* timeout(10, fetchUser(1)))
  is<User | undefined>()(yield* moveOnAfter(10, fetchUser(1)))
  is<number | undefined>()(
    yield* moveOnAfter(10, function* () {
      return yield* countPosts()
    }),
  )
  is<User>()(yield* shield(fetchUser(1)))
  is<number>()(deadline())
  is<AbortSignal>()(abortSignal())
  is<void>()(defer(() => {}))
  is<never>()(yield* forever())
  is<void>()(yield* sleep(1))
  is<void>()(yield* checkpoint())
  is<number>()(
    yield* start<number>(function* (ready, signal) {
      is<AbortSignal>()(signal)
      ready(1)
      yield* checkpoint()
    }),
  )

  // @ts-expect-error the milliseconds come first
  yield* timeout(countPosts, 10)
  // @ts-expect-error ready takes the value
  yield* start<number>(ready => ready('text'))
  // @ts-expect-error there is no such option
  yield* scope(countPosts, { failfast: false })
  // @ts-expect-error a duration is a number of milliseconds
  yield* sleep('5s')
  // @ts-expect-error what moveOnAfter gives may be undefined
  ;(yield* moveOnAfter(10, fetchUser(1))).name
}

export function* resources() {
  is<{ port: number }>()(
    yield* use(
      () => ({ port: 1 as number }),
      (server, exit) => {
        is<{ port: number }>()(server)
        is<Exit<unknown>>()(exit)
      },
    ),
  )
  is<User>()(yield* use(fetchUser(1), async user => void user.name))
  is<User>()(
    yield* use(
      () => fetchUser(1),
      function* (user) {
        is<User>()(user)
        yield* checkpoint()
      },
    ),
  )
  const disposable = { port: 1 as number, [Symbol.dispose]() {} }
  is<typeof disposable>()(yield* use(disposable))
  is<typeof disposable>()(yield* use(() => disposable))
  const closable = { close: 1 as number, async [Symbol.asyncDispose]() {} }
  is<typeof closable>()(yield* use(async () => closable))

  // @ts-expect-error what is not disposable needs a release
  yield* use(() => 5)
  // @ts-expect-error the release gets what was acquired
  yield* use(fetchUser(1), (user: number) => user)
}

export function* synchronising() {
  const ends = channel<string>(10)
  is<[sender: Sender<string>, receiver: Receiver<string>]>()(ends)
  const [sender, receiver] = ends
  is<void>()(yield* sender.send('text'))
  is<boolean>()(sender.trySend('text'))
  is<string>()(yield* receiver.receive())
  is<{ value: string } | undefined>()(receiver.tryReceive())
  const result = yield* receiver.next()
  if (result.done) is<undefined>()(result.value)
  else is<string>()(result.value)
  is<Sender<string>>()(sender.clone())
  is<Receiver<string>>()(receiver.clone())
  yield* forEach(receiver, function* (item) {
    is<string>()(item)
  })
  const semaphore = new Semaphore(1)
  is<void>()(yield* semaphore.acquire())
  is<boolean>()(semaphore.tryAcquire())
  is<User>()(yield* semaphore.with(fetchUser(1)))
  const name = local('name', 'nobody')
  is<Local<string>>()(name)
  is<string>()(name.get())
  is<User>()(yield* name.with('ann', fetchUser(1)))
  const wider: Receiver<string | number> = receiver
  const narrower: Sender<'text'> = sender

  // @ts-expect-error a channel of strings takes strings
  yield* sender.send(1)
  // @ts-expect-error the type of a channel says what goes through it
  sender.trySend({})
  // @ts-expect-error a sender does not receive
  sender.receive()
  // @ts-expect-error a receiver of less is not one of more
  const wrong: Receiver<'text'> = receiver
  // @ts-expect-error a local keeps the type of its default
  name.set(1)
  return [wider, narrower, wrong]
}

export function* interop() {
  is<number>()(yield* wait(Promise.resolve(1 as number)))
  is<User>()(
    yield* wait(async signal => {
      is<AbortSignal>()(signal)
      return { name: 'ann' } as User
    }),
  )
  is<string>()(
    yield* suspend<string>((resume, fail) => {
      resume('text')
      fail(new Error())
      return () => {}
    }),
  )
  is<void>()(
    yield* suspend(resume => {
      resume()
    }),
  )
  is<Event>()(yield* once(new EventTarget(), 'message'))
  is<any[]>()(yield* once(process, 'exit'))
  is<Receiver<Event>>()(on(new EventTarget(), 'message', { capacity: 1, overflow: 'dropOldest' }))

  // @ts-expect-error the value of a suspend has its type
  yield* suspend<string>(resume => resume(1))
  // @ts-expect-error a promise is waited for with wait
  yield* Promise.resolve(1)
  // @ts-expect-error a value is no promise
  yield* wait(1)
  // @ts-expect-error there is no such overflow
  on(new EventTarget(), 'message', { overflow: 'drop' })
}

class Account {
  balance = 0

  @co
  *deposit(amount: number) {
    yield* checkpoint()
    this.balance += amount
    return this.balance
  }

  @co
  *twice(amount: number): Generator<any, number, any> {
    yield* this.deposit(amount)
    return yield* this.deposit(amount)
  }

  withdraw = co(function* (this: Account, amount: number) {
    yield* checkpoint()
    this.balance -= amount
    return this.balance
  })
}

export function* methods() {
  const account = new Account()
  is<number>()(yield* account.deposit(1))
  is<number>()(yield* account.twice(1))
  is<number>()(yield* account.withdraw(1))
  is<[number, number]>()(yield* all([account.deposit(1), account.withdraw(1)]))
  is<Task<number>>()(spawn(account.deposit(1)))

  // @ts-expect-error the arguments are those of the method
  yield* account.deposit('1')
  const { withdraw } = account
  // @ts-expect-error a method that is taken from its object has lost it
  yield* withdraw(1)
}

export async function outside() {
  is<User>()(await fetchUser(1))
  is<User>()(await run(fetchUser(1)))
  is<Task<User>>()(run(fetchUser(1), { name: 'fetch', signal: AbortSignal.timeout(1) }))
  is<Exit<User>>()(await run(fetchUser(1)).settled())
  is<[User, number]>()(await all([fetchUser(1), countPosts()]))
  is<[User, number]>()(await Promise.all([fetchUser(1), run(countPosts)]))
  for await (const item of channel<string>()[1]) is<string>()(item)
  const body: Body<number> = countPosts
  const same: Body<number> = countPosts()
  is<number>()(await run(body))
  is<number>()(await run(same))

  // @ts-expect-error a coroutine is no value of its own
  const user: User = fetchUser(1)
  // @ts-expect-error nor does it have the fields of one
  fetchUser(1).name
  // @ts-expect-error co takes generator functions
  co(async () => 1)
  // @ts-expect-error co takes generator functions
  co(() => 1)
  // @ts-expect-error there is no such option
  run(countPosts, { nam: 'count' })
  return user
}

export const wrongYields = [
  // @ts-expect-error a yield without the star: a coroutine is no instruction
  co(function* () {
    yield fetchUser(1)
  }),
  // @ts-expect-error a promise is no instruction
  co(function* () {
    yield Promise.resolve(1)
  }),
  // @ts-expect-error a number is no instruction
  co(function* () {
    yield 1
  }),
  // @ts-expect-error a foreign generator is no coroutine
  co(function* () {
    yield* [1, 2, 3]
  }),
  co(function* () {
    // @ts-expect-error a forgotten yield* gives a coroutine and no value
    const name: string = fetchUser(1)
    yield* checkpoint()
    return name
  }),
]

export function wrongBodies() {
  return [
    // @ts-expect-error a yield without the star in a bare body
    run(function* () {
      yield sleep(1)
    }),
    // @ts-expect-error a number is no body
    run(5),
    // @ts-expect-error a promise is no body: it runs already
    run(Promise.resolve(1)),
  ]
}

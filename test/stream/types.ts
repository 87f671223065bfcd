import { createReadStream, createWriteStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { type Co, channel, co, sleep } from 'omakase'
import {
  batch,
  broadcast,
  decode,
  drop,
  fan,
  filter,
  flatMap,
  forEach,
  jsonl,
  lines,
  map,
  merge,
  pipe,
  type Reader,
  reduce,
  type Sink,
  type Stage,
  type Stream,
  scan,
  take,
  tee,
  throttle,
  through,
  toArray,
  toReadable,
  toWritable,
  window,
  zip,
} from 'omakase/stream'

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

export function sources() {
  is<Stream<number>>()(pipe([1, 2, 3]))
  is<Stream<string>>()(pipe('text'))
  is<Stream<number>>()(pipe(new Set([1])))
  is<Stream<[string, number]>>()(pipe(new Map([['a', 1]])))
  is<Stream<number>>()(pipe(() => [1, 2]))
  is<Stream<User>>()(pipe(channel<User>()[1]))
  is<Stream<string>>()(pipe(pipe(['a'])))
  is<Stream<number>>()(
    pipe(async function* () {
      yield 1 as number
    }),
  )
  is<Stream<number>>()(
    pipe(function* () {
      yield 1 as number
    }),
  )
  is<Stream<number>>()(
    pipe(function* () {
      yield* sleep(1)
      yield 1 as number
    }),
  )
  is<Stream<string>>()(pipe(new ReadableStream<string>()))
  is<Stream<any>>()(pipe(createReadStream('file')))
  is<Stream<any>>()(pipe(() => createReadStream('file')))
  is<Stream<string>>()(pipe(async () => ['a']))

  // @ts-expect-error a number is no source
  pipe(1)
  // @ts-expect-error an object is no source
  pipe({ a: 1 })
}

export function* stages() {
  is<number[]>()(
    yield* pipe(
      ['a', 'bb'],
      map(word => {
        is<string>()(word)
        return word.length
      }),
      filter(size => size > 1),
      toArray(),
    ),
  )
  is<User[]>()(yield* pipe([1, 2], map(fetchUser), toArray()))
  is<User[]>()(yield* pipe([1, 2], map(fetchUser, { concurrency: 2, ordered: false }), toArray()))
  is<User[]>()(
    yield* pipe(
      [1, 2],
      map(id => fetchUser(id)),
      toArray(),
    ),
  )
  is<User[]>()(
    yield* pipe(
      [1, 2],
      map(async (id, index, signal) => {
        is<number>()(id)
        is<number>()(index)
        is<AbortSignal>()(signal)
        return { name: 'ann' } as User
      }),
      toArray(),
    ),
  )
  is<string[]>()(
    yield* pipe(
      [1, 2],
      map(function* (id) {
        const user = yield* fetchUser(id)
        return user.name
      }),
      toArray(),
    ),
  )
  is<Stream<string>>()(
    pipe(
      ['a', 1] as (string | number)[],
      filter(item => typeof item === 'string'),
    ),
  )
  is<Stream<number[][]>>()(pipe([1], batch(2), batch(2)))
  is<Stream<string[]>>()(pipe(['a'], window(2)))
  is<Stream<string>>()(pipe(['a'], take(1), drop(1), throttle(1, 1)))
  is<Stream<number>>()(
    pipe(
      ['a'],
      scan((sum, word) => sum + word.length, 0 as number),
    ),
  )
  is<number>()(
    yield* pipe(
      ['a'],
      reduce((sum, word) => sum + word.length, 0 as number),
    ),
  )
  is<Stream<string>>()(
    pipe(
      ['a b'],
      flatMap(line => line.split(' ')),
    ),
  )
  is<Stream<number>>()(
    pipe(
      ['a b'],
      flatMap(function* (line) {
        yield line.length as number
        yield* sleep(1)
        yield 2 as number
      }),
    ),
  )
  is<Stream<number>>()(
    pipe(
      ['a b'],
      flatMap(async line => [line.length]),
    ),
  )
  is<void>()(
    yield* pipe(
      [1],
      forEach(
        async id => {
          is<number>()(id)
        },
        { concurrency: 2 },
      ),
    ),
  )
  is<Stream<[number, string]>>()(pipe(zip([1], ['a'])))
  is<Stream<string | number>>()(pipe(merge([1], pipe(['a']))))
  is<Stream<User>>()(fan([1], fetchUser, { workers: 2, buffer: 1, ordered: false }))
  is<[number, string[]]>()(
    yield* pipe(
      ['a'],
      broadcast(
        reduce((sum, word: string) => sum + word.length, 0 as number),
        toArray<string>(),
      ),
    ),
  )
  is<string[]>()(
    yield* pipe(
      ['a'],
      tee(
        forEach(word => {
          is<string>()(word)
        }),
      ),
      toArray(),
    ),
  )
  is<Stream<string>>()(pipe(() => createReadStream('file'), lines()))
  is<Stream<string>>()(pipe(() => createReadStream('file'), decode('windows-1252'), lines()))
  is<Stream<User>>()(pipe(() => createReadStream('file'), jsonl<User>()))
  is<Stream<string>>()(
    pipe(
      () => createReadStream('file'),
      through<Uint8Array, Uint8Array>(() => createGunzip()),
      lines(),
    ),
  )
  is<ReadableStream<string>>()(pipe(['a'], toReadable()))
  is<Co<void>>()(
    pipe(
      ['a'],
      toWritable(() => createWriteStream('file')),
    ),
  )

  const long = pipe(
    [1],
    map(n => `${n}`),
    map(s => s.length),
    map(n => `${n}`),
    map(s => s.length),
    map(n => `${n}`),
    map(s => s.length),
    map(n => `${n}`),
    map(s => s.length),
    map(n => [n]),
    toArray(),
  )
  is<number[][]>()(yield* long)

  const mine: Stage<number, string> = stream =>
    pipe(
      stream,
      map(n => `${n}`),
    )
  const last =
    <T>(): Sink<T, T | undefined> =>
    stream =>
      pipe(
        stream,
        reduce<T, T | undefined>((_, item) => item, undefined),
      )
  is<string | undefined>()(yield* pipe([1], mine, last()))

  const reader = pipe(['a']).open()
  is<Reader<string>>()(reader)
  is<IteratorResult<string, undefined>>()(yield* reader.next())
  is<void>()(yield* reader.close())

  const wrong: Stage<string, number> = map(text => text.length)
  // @ts-expect-error the items are numbers
  pipe([1], wrong)
  // @ts-expect-error there is no stage behind a sink
  pipe([1], toArray(), map(String))
  // @ts-expect-error the name of the option is concurrency
  pipe([1], map(String, { concurency: 2 }))
  // @ts-expect-error a number is no function
  pipe([1], map(1))
  // @ts-expect-error lines takes text or bytes
  pipe([1], lines())
}

export async function inAsyncCode() {
  is<number[]>()(await pipe([1], toArray()))
  for await (const item of pipe([1])) is<number>()(item)
}

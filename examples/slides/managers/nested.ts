import { contextManager, run, scope, sleep, use, within } from 'omakase'

// Nested, they are left in the opposite order, each when the one inside it is done, however long that takes;
// an error goes outwards until one silences it. Where it turns out only at run time how many there are, a
// scope has them.

const manager = contextManager(function* (name: string, silences = false) {
  console.log('enter', name)
  try {
    yield name
  } catch (error) {
    console.log(name, 'sees', (error as Error).message)
    if (!silences) throw error
  } finally {
    yield* sleep(10)
    console.log('exit', name)
  }
})

await run(function* () {
  yield* within(manager('outer'), () =>
    within(manager('middle', true), () =>
      within(manager('inner'), () => {
        throw new Error('a fault')
      }),
    ),
  )

  yield* scope(function* () {
    for (const name of ['a', 'b', 'c'])
      yield* use(
        () => console.log('open', name),
        () => console.log('close', name),
      )
    console.log('all three are open')
  })
})

// Prints:
//   enter outer
//   enter middle
//   enter inner
//   inner sees a fault
//   exit inner
//   middle sees a fault
//   exit middle
//   exit outer
//   open a
//   open b
//   open c
//   all three are open
//   close c
//   close b
//   close a

import { co, sleep } from 'omakase'
import { say } from '../say.js'

/** The coroutine of most slides: says its number, and waits for so many seconds. */
export const anything = co(function* anything(i: number) {
  say(i)
  yield* sleep(i * 1000)
  return i
})

import { nextTurn, roots } from '../core/internal.js'

// The little of this folder that every program has: the rest is loaded when there is something to tell.
const { process } = globalThis as {
  process?: { on?(event: 'beforeExit', hear: () => void): unknown }
}

let refuseDeadlocks: (() => boolean) | undefined

process?.on?.('beforeExit', async () => {
  if (roots.count === 0) return
  // Either way the event loop turns once more, and this is called again.
  if (refuseDeadlocks === undefined) ({ refuseDeadlocks } = await import('./deadlock.js'))
  else if (!refuseDeadlocks()) return
  nextTurn(() => {})
})

import { instrument } from '../core/index.js'
import { machine, nextTurn, provideDebugMode, roots, turnOnDebugMode } from '../core/internal.js'

// The little of this folder that every program has: the rest is loaded when there is something to tell.
const { process } = globalThis as {
  process?: {
    on?(event: 'beforeExit', hear: () => void): unknown
    readonly env?: { readonly [name: string]: string | undefined }
  }
}

let refuseDeadlocks: (() => boolean) | undefined

process?.on?.('beforeExit', async () => {
  if (roots.count === 0) return
  // Either way the event loop turns once more, and this is called again.
  if (refuseDeadlocks === undefined) ({ refuseDeadlocks } = await import('./deadlock.js'))
  else if (!refuseDeadlocks()) return
  nextTurn(() => {})
})

provideDebugMode(async () => {
  if (machine.checks !== null) return
  const made: [object, Error][] = []
  const note = (what: object) => void made.push([what, new Error()])
  const nothing = () => undefined
  const remove = instrument({ taskSpawned: note })
  const checks = {
    created: note,
    handed: nothing,
    cut: nothing,
    swallowed: nothing,
    opened: nothing,
    closed: nothing,
    spawnedAt: nothing,
  }
  machine.checks = checks
  const { turnOn } = await import('./mode.js')
  remove()
  // It may have been turned on by hand meanwhile.
  if (machine.checks === checks) turnOn({}, made)
})
if (process?.env?.OMAKASE_DEBUG === '1') turnOnDebugMode()

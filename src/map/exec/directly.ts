import { type ChildProcess, spawn } from 'node:child_process'
import { guard, MARK } from '../../node/process/guard.js'
import { type Surroundings, spawnOptions } from '../../workers/internal.js'
import { killGroup } from '../../workers/living.js'
import type { CommandProcess, ProcessEvents } from './process.js'

/** Starts a command from this process. To copy what this one has of memory is the most of what that takes. */
export function startDirectly(
  [program, ...args]: readonly [string, ...string[]],
  events: ProcessEvents,
  surroundings: Surroundings = {},
): CommandProcess {
  const token = guard.expect()
  const fail = (error: Error) => {
    guard.notStarted(token)
    events.failed(error)
  }
  let child: ChildProcess
  try {
    child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...spawnOptions(surroundings, { ...process.env, [MARK]: token }),
      windowsHide: true,
    })
  } catch (error) {
    queueMicrotask(() => fail(error as Error))
    return { signal: () => {}, close: () => {} }
  }
  const { pid = 0, stdout, stderr } = child
  child.on('error', error => {
    if (pid === 0) fail(error)
  })
  if (pid === 0) return { signal: () => {}, close: () => {} }
  guard.watch(token, -pid)
  let hasExited = false
  let open = 2
  const closed = () => {
    if (--open === 0) events.closed()
  }
  stdout!.on('data', chunk => events.stdout(chunk))
  stderr!.on('data', chunk => events.stderr(chunk))
  for (const pipe of [stdout!, stderr!]) pipe.on('close', closed).on('error', () => {})
  child.on('exit', (code, signal) => {
    hasExited = true
    // What it has started and left behind ends with it.
    killGroup(pid)
    guard.forget(-pid)
    events.exited(code, signal)
  })
  return {
    signal(name) {
      if (hasExited) return
      try {
        process.kill(-pid, name)
      } catch {
        // It is gone, and that will be told.
      }
    },
    close() {
      stdout!.destroy()
      stderr!.destroy()
    },
  }
}

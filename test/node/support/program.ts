import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('./main-program.js', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Program {
  readonly child: ChildProcess
  /** When it has written this. */
  says(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

/** A program of this kind, as a process. */
export function program(kind: string, argument = ''): Program {
  const child = spawn(process.execPath, [file, kind, argument])
  const said = { stdout: '', stderr: '' }
  const looks = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', text => {
      said[stream] += text
      for (const look of looks) look()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...said }))
  return {
    child,
    says: text =>
      Promise.race([
        new Promise<void>(resolve => {
          const look = () => {
            if (said.stdout.includes(text) || said.stderr.includes(text)) resolve()
          }
          looks.add(look)
          look()
        }),
        ended.then(end => {
          if (!end.stdout.includes(text) && !end.stderr.includes(text))
            throw new Error(`it ended with ${end.code} and had said: ${end.stdout}${end.stderr}`)
        }),
      ]),
    kill: signal => child.kill(signal),
    ended,
  }
}

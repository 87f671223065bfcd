import { fileURLToPath } from 'node:url'
import { type ChildOptions, subprocess } from 'omakase/node'
import { forEach, lines, pipe } from 'omakase/stream'

export const omakase = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/** A Redis that only this machine can reach: it listens on a socket in the folder. */
export function redis(folder: string, socket: string): ChildOptions {
  const args = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'yes']
  return {
    name: 'redis',
    *start(ready) {
      const server = yield* subprocess('redis-server', args).start()
      yield* pipe(
        server.stdout,
        lines(),
        forEach(line => {
          if (/ready to accept connections/i.test(line)) ready()
        }),
      )
      yield* server.ended()
    },
  }
}

/** What `omakase worker` is on a machine of its own. */
export function machine(name: string, url: string): ChildOptions {
  return {
    name,
    // It lets what runs end for ten seconds.
    shutdown: 15_000,
    *start(ready) {
      const args = [omakase, 'worker', url, '--name', name]
      const worker = yield* subprocess(process.execPath, args, { stderr: 'pipe' }).start()
      yield* pipe(
        worker.stderr,
        lines(),
        forEach(line => {
          if (line.includes('works for')) ready()
        }),
      )
      yield* worker.ended()
    },
  }
}

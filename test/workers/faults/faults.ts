import type { MapOptions } from 'omakase/map'

export type Executor = 'processes' | 'threads'

/** What becomes of a run. */
export type Fate =
  /** The guilty item fails with this, and no other. */
  | { readonly blamed: RegExp }
  /** Every item has its output: this one is the guilty one's. */
  | { readonly output: (value: any) => boolean }
  /** The run cannot begin, or go on: it ends with this. */
  | { readonly ends: RegExp }
  /** The platform does not survive it: the process of the caller, too, ends with this signal. */
  | { readonly fatal: NodeJS.Signals }
  /** The process of the caller is stopped, too; all is well when it is continued. */
  | { readonly stops: true }

export interface Fault {
  readonly name: string
  /** What the guilty item does, in an async function of `n` and `attempt`; `folder` is one of the cell's own. */
  readonly does: string
  /** Beside the function. */
  readonly module?: string
  readonly options?: MapOptions
  /** For Node, in the workers. */
  readonly nodeOptions?: string
  readonly memory?: Partial<Record<Executor, string>>
  readonly fate: Fate | Readonly<Record<Executor, Fate>>
  /** Run in a process of its own: it may end that. */
  readonly apart?: Executor
}

const TIMED: MapOptions = { timeout: 1000 }
const forEver = 'await new Promise(() => { setInterval(() => {}, 1000) })'
const blamed = (blamed: RegExp): Fate => ({ blamed })
const sound: Fate = { output: value => value === 'sound' }

export const FAULTS: readonly Fault[] = [
  {
    name: 'process.exit(0)',
    does: 'process.exit(0)',
    fate: blamed(/WorkerDied: the worker exited with code 0, twice/),
  },
  {
    name: 'process.exit(3)',
    does: 'process.exit(3)',
    fate: blamed(/WorkerDied: the worker exited with code 3, twice/),
  },
  {
    name: 'abort',
    does: 'process.abort()',
    fate: {
      processes: blamed(/WorkerDied: the worker was killed by SIGABRT, twice/),
      threads: blamed(/TypeError.*process\.abort\(\) is not supported in workers/),
    },
  },
  {
    name: 'a segmentation fault',
    does: "process.dlopen({ exports: {} }, folder + '/deadly.node')",
    fate: {
      processes: blamed(/WorkerDied: the worker was killed by SIGSEGV, twice/),
      threads: { fatal: 'SIGSEGV' },
    },
  },
  {
    name: 'a full heap',
    does: 'const all = []; for (;;) all.push(new Array(1e4).fill(n))',
    // Of a process the bound is lowered, so that the test is quick.
    nodeOptions: '--max-old-space-size=40',
    memory: { threads: '150MB' },
    fate: blamed(/WorkerDied: the worker ran out of memory: its heap was full, twice/),
    apart: 'threads',
  },
  {
    name: 'Buffers without end',
    // Where nothing stops it, it stops itself.
    does: `const all = []; for (let i = 0; i < 700; i++) { all.push(Buffer.alloc(1e6, 1)); await null }
      return 'sound'`,
    memory: { processes: '300MB', threads: '300MB' },
    fate: {
      processes: blamed(/WorkerDied: the worker had grown to \d+ MB, past its memory, and was killed, twice/),
      threads: sound,
    },
    apart: 'threads',
  },
  {
    name: 'an endless loop',
    does: 'for (;;);',
    options: TIMED,
    fate: blamed(/TimeoutError: timed out after 1 s/),
  },
  {
    name: 'an endless loop of microtasks',
    does: 'for (;;) await null',
    options: TIMED,
    fate: blamed(/TimeoutError: timed out after 1 s/),
  },
  {
    name: 'an unhandled rejection',
    does: `Promise.reject(new Error('nobody looks')); ${forEver}`,
    fate: blamed(/Error: nobody looks/),
  },
  {
    name: 'a late error from a timer',
    does: `setTimeout(() => { throw new Error('in a timer') }, 1); ${forEver}`,
    fate: blamed(/Error: in a timer/),
  },
  {
    name: 'SIGKILL from outside',
    does: `if (attempt === 1) { execFileSync('kill', ['-9', String(process.pid)]); for (;;); }
      return 'sound'`,
    module: "import { execFileSync } from 'node:child_process'",
    fate: { processes: sound, threads: { fatal: 'SIGKILL' } },
  },
  {
    name: 'SIGSTOP',
    does: "process.kill(process.pid, 'SIGSTOP'); return 'sound'",
    options: TIMED,
    fate: { processes: blamed(/TimeoutError: timed out after 1 s/), threads: { stops: true } },
  },
  {
    name: 'a module that cannot be loaded',
    does: '',
    module: "throw new Error('no')",
    fate: { ends: /threw while it loaded: Error: no/ },
  },
  {
    name: 'a module that can be loaded only once',
    does: 'process.exit(1)',
    module: `import { mkdirSync } from 'node:fs'
      mkdirSync(folder + '/once')`,
    fate: { ends: /threw while it loaded: Error: EEXIST/ },
  },
  {
    name: 'a setup that fails',
    does: '',
    module: "export const setup = () => { throw new Error('no') }",
    fate: { ends: /setup\(\) of .* failed: Error: no/ },
  },
  {
    name: 'chdir',
    does: "process.chdir('/'); return 'sound'",
    fate: { processes: sound, threads: blamed(/TypeError.*process\.chdir\(\) is not supported in workers/) },
  },
  {
    name: 'noise on stdout',
    does: `for (let i = 0; i < 20; i++) { console.log('{"t":"outcomes","ids":[0]}'); process.stdout.write(Buffer.from([0, 255, 10])) }
      return 'sound'`,
    fate: sound,
  },
  {
    name: 'a channel that it closes',
    does: `if (parentPort === undefined) closeSync(3); else parentPort.close(); ${forEver}`,
    module: `import { closeSync } from 'node:fs'
      import { isMainThread, parentPort as port } from 'node:worker_threads'
      const parentPort = isMainThread ? undefined : port`,
    fate: {
      processes: blamed(/WorkerDied: the worker had closed its channel to its parent, and was killed, twice/),
      threads: blamed(/TypeError: Cannot read properties of null \(reading 'close'\)/),
    },
  },
  {
    name: 'a result that cannot be cloned',
    does: 'return { rows: [{ fn() {} }] }',
    fate: blamed(/TypeError: output\.rows\[0\]\.fn is a function/),
  },
  {
    name: 'a message of 200 MB',
    does: 'return Buffer.alloc(200e6, 7)',
    fate: { output: value => value.length === 200e6 && value.at(-1) === 7 },
  },
]

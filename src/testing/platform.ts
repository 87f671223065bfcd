/** As they were before a test replaced them by timers of its own. */
export const { clearTimeout, setTimeout } = globalThis

interface Process {
  readonly stdout?: unknown
  readonly stderr?: unknown
  getActiveResourcesInfo?(): string[]
}

const { process } = globalThis as { process?: Process }

/** What keeps the process alive, such as sockets and timers, each by its kind; nothing where nobody can tell. */
function handles(): string[] {
  return process?.getActiveResourcesInfo?.().filter(kind => kind !== 'Immediate') ?? []
}

// What the first `console.log` opens is not the program's either.
void [process?.stdout, process?.stderr]

/** Those of whoever runs the tests: they were there before the first one. */
const runners = handles()

/** Whether something is open that may yet call into the program. */
export function hasHandles(): boolean {
  const left = [...runners]
  return handles().some(kind => {
    const at = left.indexOf(kind)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

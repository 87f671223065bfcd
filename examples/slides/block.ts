const never = new Int32Array(new SharedArrayBuffer(4))

/** Does nothing else for so long, and lets nobody else do anything: what a call that blocks does. */
export function block(ms: number): void {
  Atomics.wait(never, 0, 0, ms)
}

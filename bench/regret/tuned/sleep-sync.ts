const nobody = new Int32Array(new SharedArrayBuffer(4))

/** As a synchronous driver does: it waits, and so does its event loop. */
export default function sleepSync(ms: number): number {
  Atomics.wait(nobody, 0, 0, ms)
  return ms
}

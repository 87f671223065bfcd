/** What starting workers and talking to them costs on a machine, in milliseconds of a processor. */
export interface Costs {
  /** One more process; one more thread in a child that has threads already. */
  readonly startMs: number
  readonly threadStartMs: number
  /** One message there and one back, with what both sides do for it; to a thread it passes through the child. */
  readonly messageMs: number
  readonly threadMessageMs: number
  /** An item inside a message, with its result. */
  readonly itemMs: number
  /** A megabyte of text: what this process does to send or to hear it, and what the other one does. */
  readonly megabyteMs: number
  readonly megabyteThereMs: number
  /** The same, where the other one is a thread and the child that it lives in. */
  readonly threadMegabyteThereMs: number
}

/** On two cores under Node 20: what is taken as long as nothing was measured on the machine itself. */
export const USUAL: Costs = {
  startMs: 80,
  // Four more threads in the command's child took 70 ms, where four more processes took 370.
  threadStartMs: 35,
  messageMs: 0.15,
  threadMessageMs: 0.2,
  itemMs: 0.002,
  megabyteMs: 1.5,
  megabyteThereMs: 1.5,
  threadMegabyteThereMs: 3,
}

/** Resident size of a worker that has loaded little, in bytes. */
export const WORKER_BYTES = 60e6

/** A message should hold so much work that its cost is lost in it, and no more, so that the others are not kept waiting. */
export const MESSAGE_WORK_MS = 25
/** And no more than this, there and back, as far as is known of the sizes; for threads half of it is better. */
export const MESSAGE_BYTES = 2 * 1024 * 1024
export const THREAD_MESSAGE_BYTES = 1024 * 1024

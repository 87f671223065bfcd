/** What starting a process and talking to it costs, in milliseconds, as measured on two cores under Node 20. */
export const START_MS = 130
/** Four more threads in the command's child took 70 ms, where four more processes took 370. */
export const THREAD_START_MS = 35
/** A message to such a thread passes through that child: 1.4 times as long as one to a process. */
export const THREAD_MESSAGE_MS = 0.2
/** One message there and one back, with what both sides do for it. */
export const MESSAGE_MS = 0.15
/** An item inside a message, with its result. */
export const ITEM_MS = 0.002
/** Resident size of a worker that has loaded little, in bytes. */
export const WORKER_BYTES = 60e6

/** A message should hold so much work that its cost is lost in it, and no more, so that the others are not kept waiting. */
export const MESSAGE_WORK_MS = 25

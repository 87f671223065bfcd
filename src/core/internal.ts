/** What the layers above build on, besides the public surface. */
export { bodyFrame } from './body.js'
export { checkCount } from './errors.js'
export { CoFrame } from './frame.js'
export { type EmitterLike, type EventSource, listen } from './once.js'
export type { Waiter } from './operation.js'
export { Queued, WaitQueue } from './queue.js'
export { currentScope } from './task.js'
export type { Coroutine } from './types.js'

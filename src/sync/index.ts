export { channel, type Receiver, type Sender } from './channel.js'
export { type OnOptions, on } from './on.js'
export { Semaphore } from './semaphore.js'

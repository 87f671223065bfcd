import type { End } from '../carrier.js'
import type { FromWorker, ToWorker } from '../wire.js'

/** The messages between a host and whoever has started it; `n` is the number of the thread that they are about. */
export type ToHost =
  | { readonly t: 'start'; readonly n: number; readonly entry: string; readonly memory?: number }
  | { readonly t: 'to'; readonly n: number; readonly message: ToWorker }
  | { readonly t: 'kill'; readonly n: number }

export type FromHost =
  | { readonly t: 'from'; readonly n: number; readonly message: FromWorker }
  | { readonly t: 'output'; readonly n: number; readonly chunk: Uint8Array }
  | { readonly t: 'holds'; readonly n: number; readonly id: number }
  | { readonly t: 'gone'; readonly n: number; readonly end: HostedEnd }

/** An error that crosses to another process loses its code, unless that travels beside it. */
export interface HostedEnd extends Omit<End, 'error'> {
  readonly error?: { readonly message: string; readonly code: string | undefined }
}

import * as asyncAwait from './async-await.js'
import type { Status } from './callbacks.js'
import * as callbacks from './callbacks.js'
import * as coroutines from './coroutines.js'
import * as promises from './promises.js'
import * as threads from './threads.js'

const AT_ONCE = 50
/** Each costs megabytes, and checks one page at a time. */
const THREADS = 16

type CheckAll = (urls: readonly string[]) => PromiseLike<readonly Status[]>

/** The same program five times. */
export const styles: { readonly [style: string]: CheckAll } = {
  callbacks: urls => new Promise(resolve => callbacks.checkAll(urls, AT_ONCE, resolve)),
  promises: urls => promises.checkAll(urls, AT_ONCE),
  'async and await': urls => asyncAwait.checkAll(urls, AT_ONCE),
  threads: urls => threads.checkAll(urls, THREADS),
  coroutines: urls => coroutines.checkAll(urls, AT_ONCE),
}

import { parentPort } from 'node:worker_threads'
import { check } from './async-await.js'

parentPort!.on('message', async (page: [index: number, url: string] | undefined) => {
  if (page === undefined) parentPort!.close()
  else parentPort!.postMessage([page[0], await check(page[1])])
})

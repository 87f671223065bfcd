import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const FILE = new URL('./work/by-hand.js', import.meta.url)

/** So many items are under way to each worker: it has the next ones when it answers. */
const UNDER_WAY = 64

interface Hand {
  post(batch: readonly number[]): void
  end(): void
}

type Hire = (answer: (batch: readonly number[]) => void, fail: (error: Error) => void) => Hand

export const thread: Hire = (answer, fail) => {
  const worker = new Worker(FILE)
  worker.on('message', answer).on('error', fail)
  return { post: batch => worker.postMessage(batch), end: () => worker.terminate() }
}

export const forked: Hire = (answer, fail) => {
  const child = fork(fileURLToPath(FILE))
  child.on('message', answer as (message: unknown) => void).on('error', fail)
  return { post: batch => child.send(batch), end: () => child.disconnect() }
}

/** Two workers without a library: starts them, sends the items in messages of so many, and gives all outputs. */
export async function byHand(inputs: readonly number[], hire: Hire, batch: number): Promise<number[]> {
  const outputs = new Array<number>(inputs.length)
  let next = 0
  const worker = () =>
    new Promise<void>((resolve, reject) => {
      const starts: number[] = []
      const give = () => {
        if (next === inputs.length) return
        starts.push(next)
        hand.post(inputs.slice(next, next + batch))
        next = Math.min(inputs.length, next + batch)
      }
      const hand = hire(done => {
        const start = starts.shift()!
        for (let i = 0; i < done.length; i++) outputs[start + i] = done[i]!
        give()
        if (starts.length > 0) return
        hand.end()
        resolve()
      }, reject)
      for (let i = 0; i < Math.max(2, UNDER_WAY / batch); i++) give()
    })
  await Promise.all([worker(), worker()])
  return outputs
}

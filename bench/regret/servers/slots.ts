import type { RequestListener } from 'node:http'

const SLOTS = 16
let busy = 0
const line: (() => void)[] = []

/** 16 are served at once, 40 ms each; the others stand in line. */
export const listener: RequestListener = (_request, response) => {
  const serve = () => {
    busy++
    setTimeout(() => {
      busy--
      response.end('ok')
      line.shift()?.()
    }, 40)
  }
  if (busy < SLOTS) serve()
  else line.push(serve)
}

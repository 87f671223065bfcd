/**
 * A Node stream may fail before anybody has begun to use it, and an `error` that nobody listens to ends the process.
 * Whoever uses it then is thrown that error. Listens until the returned function is called.
 */
export function hearErrors(stream: unknown): () => void {
  if (!isEmitter(stream)) return () => {}
  const hear = () => {}
  stream.on('error', hear)
  return () => void stream.off('error', hear)
}

interface Emitter {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

function isEmitter(stream: unknown): stream is Emitter {
  return (
    typeof stream === 'object' &&
    stream !== null &&
    'destroy' in stream &&
    'on' in stream &&
    typeof stream.on === 'function'
  )
}

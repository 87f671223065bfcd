import { serve } from '#src/workers/entry/serve.js'

serve({
  encodeValue: value => JSON.stringify(value) ?? 'null',
  encodeError(thrown) {
    if (!(thrown instanceof Error)) return { name: 'NonError', message: String(thrown) }
    const { name, message, stack, cause } = thrown
    return { name, message, ...(stack && { stack }), ...(cause instanceof Error && { cause: cause.message }) }
  },
})

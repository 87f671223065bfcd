const controller = new AbortController()

/** Aborted by Ctrl-C, and when the process that started this one is gone. */
export const interrupted = controller.signal

for (const event of ['SIGINT', 'disconnect'] as const) process.on(event, () => controller.abort(event))

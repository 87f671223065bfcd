/** What a process runs that is to be given a module. */
export const ENTRY = new URL('./entry/worker.js', import.meta.url)

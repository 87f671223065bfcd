/** Keeps the event loop busy, so that all that falls due meanwhile falls due in one turn. */
export function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** One whole turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** As many turns as nested cleanup may need that waits for nothing but the queue. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

/** Computes for so many milliseconds; gives the process that did. */
export const computes = (ms: number): number => {
  const end = performance.now() + ms
  while (performance.now() < end);
  return process.pid
}

export const waits = async (ms: number): Promise<number> => {
  await new Promise(go => setTimeout(go, ms))
  return ms
}

export const measures = (text: string): number => text.length

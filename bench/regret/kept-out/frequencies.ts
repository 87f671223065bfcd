/** How often each of some thousands of words comes in a text that follows from its seed. */
export default (seed: number): Record<string, number> => {
  const counts: Record<string, number> = {}
  let random = seed
  for (let word = 0; word < 30_000; word++) {
    random = (random * 1_664_525 + 1_013_904_223) >>> 0
    const text = `word ${(random >>> 8) % 4000}`
    counts[text] = (counts[text] ?? 0) + 1
  }
  return counts
}

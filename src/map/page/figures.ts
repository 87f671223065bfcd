/** `0:07`, `12:34`, `1:02:03`: for a clock that counts. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** `180 µs`, `212 ms`, `2.6 s`, `3 min 20 s`: for a sentence. */
export function span(ms: number): string {
  // What rounding makes of it decides what it is told in: nothing takes 4 min 60 s.
  const micros = Math.max(1, Math.round(ms * 1000))
  if (micros < 1000) return `${micros} µs`
  if (ms < 999.5) return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `1,234`, of a whole number. To ask the library of all languages for it takes 12 ms the first time. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Items a second, in as many digits as are worth reading. */
export function rate(perSecond: number): string {
  if (perSecond >= 10) return `${count(Math.round(perSecond))}/s`
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`
}

/** `97 %` */
export function share(part: number, whole: number): string {
  return `${Math.round((100 * part) / Math.max(whole, 0.001))} %`
}

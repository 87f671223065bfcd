/** For people: `512 MB`, `1.5 GB`. */
export function showBytes(bytes: number): string {
  if (bytes >= 1e9) return `${round(bytes / 1e9)} GB`
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`
  return bytes >= 1e3 ? `${Math.round(bytes / 1e3)} kB` : `${bytes} bytes`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** About how many bytes of text, or of JSON, this is. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value !== 'object' || value === null) return 8
  try {
    return JSON.stringify(value).length
  } catch {
    return 1024
  }
}

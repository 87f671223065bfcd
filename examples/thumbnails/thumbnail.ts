import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'

export const setup = () => mkdir('thumbnails', { recursive: true })

/** Writes a picture of at most 320 × 320 pixels into `thumbnails`, and gives its size. */
export default async function thumbnail(path: string) {
  const to = join('thumbnails', basename(path))
  const { width, height, size } = await sharp(path)
    .rotate()
    .resize(320, 320, { fit: 'inside' })
    .jpeg({ quality: 80 })
    .toFile(to)
  return { to, width, height, bytes: size }
}

// Draws photographs to make small: node photos.js FOLDER COUNT. Landscapes and portraits, with the noise of a camera, so
// that they are as hard to read as real ones.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

const [folder = 'photos', count = '40'] = process.argv.slice(2)
await mkdir(folder, { recursive: true })

const noise = { width: 1024, height: 768, channels: 3, noise: { type: 'gaussian', mean: 128, sigma: 40 } }
const grain = await sharp({ create: { ...noise, background: 'black' } })
  .png()
  .toBuffer()

for (let i = 0; i < Number(count); i++) {
  const [width, height] = i % 3 === 0 ? [2400, 3600] : [3600, 2400]
  const hue = (i * 47) % 360
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <linearGradient id="sky" x2="0" y2="1"><stop stop-color="hsl(${hue},60%,40%)"/>
    <stop offset="1" stop-color="hsl(${hue + 40},80%,80%)"/></linearGradient>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${300 + i * 50}" cy="700" r="${200 + i * 5}" fill="hsl(${hue + 180},90%,85%)"/></svg>`
  await sharp(Buffer.from(picture))
    .composite([{ input: grain, tile: true, blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .toFile(join(folder, `${String(i).padStart(3, '0')}.jpg`))
}

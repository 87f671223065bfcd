import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const zipped = promisify(gzip)
const text = Array.from({ length: 20_000 }, (_, i) => `${i} ${(i * 7919) % 10_007}\n`).join('')

export default async function zip(salt: string): Promise<number> {
  return (await zipped(salt + text)).length
}

import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'

const derived = promisify(pbkdf2)

export default async function derive(password: string): Promise<number> {
  return (await derived(password, 'salt', 20_000, 32, 'sha256')).length
}

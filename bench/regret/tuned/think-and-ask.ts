import spin from '../../throughput/work/spin.js'
import status from '../status.js'

export default async function thinkAndAsk({ url, rounds }: { url: string; rounds: number }): Promise<number> {
  spin(rounds)
  return status(url)
}

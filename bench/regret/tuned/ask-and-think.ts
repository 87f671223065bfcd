import spin from '../../throughput/work/spin.js'
import status from '../status.js'

export default async function askAndThink({ url, rounds }: { url: string; rounds: number }): Promise<number> {
  const answer = await status(url)
  spin(rounds)
  return answer
}

import { randomBytes } from 'node:crypto'
import type { Engine } from '../engine/engine.js'
import { leaseOf, resultsOf } from '../engine/keys.js'
import type { Report } from '../engine/messages.js'

const AGAIN_MS = 500
/** Longer than a lease lasts: one that does not answer, and seems to be there, is not. */
const PATIENCE_MS = 15_000
/** No chunk has it. */
const NO_CHUNK = -1

/**
 * Where there is a key, whoever begins to work for a run asks its coordinator first. What was signed once is signed for
 * ever, and somebody may have kept it; what nobody has kept is an answer to a question that was never asked before.
 */
export class Proof {
  private readonly engine: Engine
  private readonly by: string
  private readonly waiting = new Map<string, () => void>()

  constructor(engine: Engine, by: string) {
    this.engine = engine
    this.by = by
  }

  /** Null where nobody wants the run any more, false where nobody answers. */
  async ask(run: string): Promise<boolean | null> {
    const { redis, seal } = this.engine
    if (seal.fingerprint === null) return true
    const token = randomBytes(12).toString('base64url')
    // It does nothing for the run yet, so that nobody waits for its end.
    const report: Report = { by: this.by, left: true, asked: [{ chunk: NO_CHUNK, token, times: 0 }] }
    const text = seal.close(`report ${run}`, JSON.stringify(report))
    const answered = new Promise<true>(resolve => this.waiting.set(token, () => resolve(true)))
    try {
      for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
        // An answer may be lost with a connection.
        if ((await redis.omakaseReport(leaseOf(run), resultsOf(run), text)) !== 1) return null
        if (await soon(answered)) return true
      }
      return false
    } finally {
      this.waiting.delete(token)
    }
  }

  /** The answer to the question with this token, signed. */
  answered(token: string): void {
    this.waiting.get(token)?.()
  }
}

async function soon(answered: Promise<true>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(resolve, AGAIN_MS, false)
  })
  const isAnswered = await Promise.race([answered, late])
  clearTimeout(timer)
  return isAnswered
}

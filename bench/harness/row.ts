/** One figure of one contestant, in the unit of its row. Throws `NotInstalled` where this machine does not have it. */
export type Contestant = () => Promise<number>

/** What a contestant throws that this machine does not have: it says what to install. */
export class NotInstalled extends Error {}

/** What is asked of some contestants: at most so many times another (the baseline unless named), or at most so much. */
export type Limit =
  | { readonly of: readonly string[]; readonly ratio: number; readonly to?: string }
  | { readonly of: readonly string[]; readonly most: number }

/** One comparison: the same job by each contestant. */
export interface Row {
  /** For `--only`. */
  readonly name: string
  readonly job: string
  readonly unit: 'ns' | 'B' | 'ms' | 'commands'
  /** Ratios are to this contestant; of several, to the one with the best median. */
  readonly baseline: string | readonly string[]
  readonly limit?: Limit
  /**
   * Collects garbage before each figure, where what the one before has left would be charged to the next. Not
   * everywhere: a forced collection also throws away optimised code.
   */
  readonly collects?: boolean
  /** Every figure comes from a process of its own, so there is nothing for a round that does not count to warm up. */
  readonly fresh?: boolean
  /** How many rounds do for it, where one takes long; never more than `--rounds`. */
  readonly rounds?: number
  readonly contestants: { readonly [name: string]: Contestant }
}

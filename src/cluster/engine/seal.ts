/** What keeps others from putting words into our mouths: with a key every text carries a signature, without it none. */
export interface Seal {
  /** Follows the queue's name, so that what cannot be verified is never taken. */
  readonly fingerprint: string | null
  /** `about` is what the text must not be taken out of: the run, and what kind of text it is. */
  close(about: string, text: string): string
  /** `null` for a text that was not closed with this key about this. */
  open(about: string, sealed: string): string | null
}

export const NO_SEAL: Seal = {
  fingerprint: null,
  close: (_about, text) => text,
  open: (_about, text) => text,
}

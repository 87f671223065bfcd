import { createHmac, timingSafeEqual } from 'node:crypto'

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

/** Of an HMAC-SHA-256 in base64url. */
const SIGNATURE_LENGTH = 43

/** Signs with a key that both sides have, by HMAC-SHA-256: a signature, and the text as it was. */
export function keySeal(key: string): Seal {
  const sign = (about: string, text: string): string =>
    // The length keeps the end of one from passing for the beginning of the other.
    createHmac('sha256', key).update(`${about.length} ${about} `).update(text).digest('base64url')
  return {
    fingerprint: sign('fingerprint', '').slice(0, 12).replaceAll(/[-_]/g, '0'),
    close: (about, text) => sign(about, text) + text,
    open(about, sealed) {
      const signature = Buffer.from(sealed.slice(0, SIGNATURE_LENGTH))
      const text = sealed.slice(SIGNATURE_LENGTH)
      const expected = Buffer.from(sign(about, text))
      return signature.length === expected.length && timingSafeEqual(signature, expected) ? text : null
    },
  }
}

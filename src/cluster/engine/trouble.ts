import { shown } from './address.js'

/** First byte of an alert, which is how TLS answers to what is not TLS. */
const TLS_ALERT = 21

const HOW = 'write redis://USER:PASSWORD@HOST, with what is special in it as %XX, or set OMAKASE_REDIS_URL'

/** What is to be done about an engine that waiting does not mend; `null` where it may only be not there yet. */
export function remedy(url: string, error: Error): string | null {
  const where = shown(url)
  const { message } = error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (message.startsWith('WRONGPASS')) return `${where} refuses this user or password: ${HOW}`
  if (message.startsWith('NOAUTH')) return `${where} asks for a password: ${HOW}`
  if (message.startsWith('DENIED'))
    return `${where} is in protected mode and answers only to its own machine: give it a password`
  if (message.startsWith('ERR invalid DB index') || message.startsWith('ERR DB index'))
    return `${where} has no such database: leave the number at the end of the address out`
  const type = /^Unknown RESP type (\d+)/.exec(message)
  if (type !== null && Number(type[1]) === TLS_ALERT)
    return `${where} asks for TLS: write ${where.replace('redis:', 'rediss:')}`
  if (type !== null) return `what answers at ${where} is no Redis: write the address of one`
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return `${where} does not speak TLS: write ${where.replace('rediss:', 'redis:')}`
  if (UNTRUSTED.test(code))
    return `the certificate of ${where} is not trusted (${message}): name a file with its authority in NODE_EXTRA_CA_CERTS`
  return null
}

/** Why it may not be there, as far as can be seen. */
export function guess(url: string, error: Error | undefined): string {
  const where = shown(url)
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (error === undefined && url.startsWith('rediss:'))
    return ` (no answer; if it does not speak TLS, write ${where.replace('rediss:', 'redis:')})`
  if ((error === undefined || code === 'ECONNRESET') && url.startsWith('redis:'))
    return ` (it hangs up; if it asks for TLS, write ${where.replace('redis:', 'rediss:')})`
  return error === undefined ? '' : ` (${error.message})`
}

const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_|^CERT_|ALTNAME/

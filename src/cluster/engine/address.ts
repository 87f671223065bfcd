import type { RedisOptions } from 'ioredis'
import { BadUsage } from '../../workers/bad-usage.js'

/** An address without what is secret in it. */
export function shown(url: string): string {
  return url.replace(/\/\/.*@/, '//').replace(/\?.*/, '')
}

type Address = Pick<RedisOptions, 'host' | 'port' | 'path' | 'username' | 'password' | 'db' | 'tls'>

/** @throws {BadUsage} where it is no address of a Redis. */
export function optionsOf(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const isSocket = parsed?.protocol === 'redis+unix:'
  const isTLS = parsed?.protocol === 'rediss:'
  const db = Number(isSocket ? (parsed.searchParams.get('db') ?? 0) : (parsed?.pathname.slice(1) ?? 0))
  const isGood =
    parsed !== null && Number.isInteger(db) && (isSocket || isTLS || parsed.protocol === 'redis:')
  if (!isGood) {
    throw new BadUsage(
      `${shown(url)} is no address of a Redis: write redis://HOST, redis://USER:PASSWORD@HOST:6379/0 with what is special in it as %XX, rediss:// for TLS or redis+unix:///PATH`,
    )
  }
  const { username, password, hostname, port, pathname } = parsed
  return {
    ...(isSocket
      ? { path: decodeURIComponent(pathname) }
      : { host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: port === '' ? 6379 : Number(port) }),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(isTLS && { tls: {} }),
    db,
  }
}

/**
 * Whoever can write to an engine can have code run by its machines: without a key that must be nobody from outside.
 *
 * @throws {BadUsage} for one that others can reach.
 */
export function checkTrust(url: string, { isInsecure }: { readonly isInsecure: boolean }): void {
  const { path, host } = optionsOf(url)
  if (isInsecure || path !== undefined || /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host!)) return
  throw new BadUsage(
    `whoever can write to ${shown(url)} could run code here: give --key FILE, with the same key as map --on; or --insecure where only friends reach it`,
  )
}

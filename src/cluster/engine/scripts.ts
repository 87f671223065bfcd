/** Milliseconds after which a run counts as given up, and after which what it left in the engine is gone. */
export const LEASE_MS = 10_000
export const TTL_MS = 60_000
/** Who tells of himself every second and was not heard of for so long has no right to his name any more. */
const GONE_MS = 3000

/**
 * Says that the coordinator is there. Gives 1 where the engine still knows the run.
 * A full engine takes no `set`, but a lease that is there can be prolonged.
 * KEYS: lease, record, results, code; ARGV: what the lease says.
 */
export const RENEW = `
for i = 2, #KEYS do redis.call('pexpire', KEYS[i], ${TTL_MS}) end
if redis.call('pexpire', KEYS[1], ${LEASE_MS}) == 0 then
  redis.call('set', KEYS[1], ARGV[1], 'px', ${LEASE_MS})
end
return redis.call('exists', KEYS[2])`

/**
 * Adds a report to the results, unless nobody wants them any more; gives 1 where it was added. A full engine takes it,
 * too, for only so can chunks end, and leave: it refuses the first write of a script, and `pexpire` is none that it refuses.
 * KEYS: lease, results; ARGV: the report.
 */
export const REPORT = `
if redis.call('exists', KEYS[1]) == 0 then return 0 end
redis.call('pexpire', KEYS[2], ${TTL_MS})
redis.call('xadd', KEYS[2], '*', 'r', ARGV[1])
redis.call('pexpire', KEYS[2], ${TTL_MS})
return 1`

/** Lets keys live on; gives the places of those that are not there. KEYS: what; ARGV: for how many milliseconds each. */
export const PROLONG = `
local gone = {}
for i = 1, #KEYS do
  if redis.call('pexpire', KEYS[i], ARGV[i]) == 0 then gone[#gone + 1] = i end
end
return gone`

/** Whether the run is wanted, and how far it has been stopped. KEYS: lease, record. */
export const LOOK = `return { redis.call('exists', KEYS[1]), redis.call('hget', KEYS[2], 'stage') }`

/** Forgets a run whose coordinator is still not there; gives 0 where it is. KEYS: lease, record, results. */
export const GIVE_UP = `
if redis.call('exists', KEYS[1]) == 1 then return 0 end
redis.call('del', KEYS[2], KEYS[3])
return 1`

const NOW = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Puts somebody on a roll, with the engine's own time: no other clock is asked. KEYS: roll; ARGV: name, text. */
export const SIGN_IN = `${NOW}
redis.call('hset', KEYS[1], ARGV[1], string.format('%.0f %s', now, ARGV[2]))
redis.call('pexpire', KEYS[1], ${TTL_MS})`

/**
 * As `SIGN_IN`, unless somebody of this name was heard of lately: gives the milliseconds since then, -1 where it is done.
 * KEYS: roll; ARGV: name, text.
 */
export const TAKE_PLACE = `${NOW}
local kept = redis.call('hget', KEYS[1], ARGV[1])
local at = kept and string.match(kept, '^(%d+) ')
if at and now - tonumber(at) < ${GONE_MS} then return math.max(0, now - tonumber(at)) end
redis.call('hset', KEYS[1], ARGV[1], string.format('%.0f %s', now, ARGV[2]))
redis.call('pexpire', KEYS[1], ${TTL_MS})
return -1`

/** Who is on a roll: name, milliseconds since it was last heard of, text. The long silent are struck off. KEYS: roll. */
export const CALL_ROLL = `${NOW}
local all = redis.call('hgetall', KEYS[1])
local here = {}
for i = 1, #all, 2 do
  local at, text = string.match(all[i + 1], '^(%d+) (.*)$')
  local silent = at and now - tonumber(at)
  if not silent or silent > ${TTL_MS} then redis.call('hdel', KEYS[1], all[i])
  else
    here[#here + 1] = all[i]
    here[#here + 1] = silent
    here[#here + 1] = text
  end
end
return here`

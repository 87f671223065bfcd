/** The work of one worker in one chunk, in milliseconds. */
const CHUNK_MS = 750
/** Where more chunks a second than this would be needed, they grow: one Redis carries about four times as many. */
const WANTED_PER_SECOND = 1000
/** No more are published in a second; while that holds a run back, its chunks still grow, as it is more than is wanted. */
export const CHUNKS_PER_SECOND = 2000
/** A chunk is no larger than so many times the last one: what is known comes from small ones. */
const GROWTH = 4
const MOST_ITEMS = 20_000

/** So many chunks of a worker are published and have not ended, and so many altogether, unless slots would be idle. */
const HIGH_WATER = 4
const MOST_OPEN = 4000
const ITEMS_OF_A_SLOT = 2

/** How many items make a chunk, where all workers together end `perSecond`, and the last chunks had `last`. */
export function chunkSize(perSecond: number, seats: number, last: number): number {
  const ms = Math.max(CHUNK_MS, (1000 * seats) / WANTED_PER_SECOND)
  const wanted = Math.round(((perSecond / seats) * ms) / 1000)
  return Math.max(1, Math.min(wanted, GROWTH * last, MOST_ITEMS))
}

/** At least so many, where a worker has several items at once: a few chunks must be enough for all of them. */
export function fillSize(seats: number, slots: number): number {
  return Math.max(1, Math.min(MOST_ITEMS, Math.floor(slots / seats / ITEMS_OF_A_SLOT)))
}

/** No more than that while so many items are in no chunk yet: all workers should end at the same time. */
export function lastSize(left: number, seats: number): number {
  return Math.ceil(left / (HIGH_WATER * seats))
}

/** Whether one more chunk is to be published, where so many, with so many items, are and have not ended. */
export function hasRoom(chunks: number, items: number, seats: number, slots = seats): boolean {
  return chunks < Math.min(MOST_OPEN, HIGH_WATER * seats) || items < ITEMS_OF_A_SLOT * slots
}

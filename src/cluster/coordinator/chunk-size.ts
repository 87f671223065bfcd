import type { Room } from '../engine/messages.js'

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
/** Where the inputs come in pieces that are smaller than the chunks should be, there may be more: for so many milliseconds. */
const PIECES_MS = 300

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

/** What is published and has not ended. */
export interface Open {
  readonly chunks: number
  readonly items: number
}

/**
 * Whether one more chunk is to be published, where they are to have `size` items, and all workers together end
 * `perSecond`.
 */
export function hasRoom(
  { chunks, items }: Open,
  { seats, slots }: Room,
  size: number,
  perSecond: number,
): boolean {
  if (chunks < Math.min(MOST_OPEN, HIGH_WATER * seats)) return true
  const inPieces = Math.min(HIGH_WATER * seats * size, (perSecond * PIECES_MS) / 1000)
  return items < Math.max(ITEMS_OF_A_SLOT * slots, inPieces)
}
